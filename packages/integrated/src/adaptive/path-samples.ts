import { addScaled, pauses } from "@xdeep/core/method";
import type { Point } from "@xdeep/core/method";

import { type EndScores, type Interpolation, type PathFit, fitPath } from "./fit-path.ts";
import { addPoint, innerProduct } from "../path/point-sums.ts";
import { type IntegratedRow, type RowIntegration, type RowPath, insideOf, zeros } from "../path/row-path.ts";
import type { WeightedSum } from "../path/sum-rule.ts";

/** A point of all paths of a row: F and its slope, the mean over baselines, and what the point gives to the attributions. */
export interface Sample {
  readonly alpha: number;
  readonly score: number;
  readonly slope: number;
  readonly values: Readonly<Record<string, Float32Array>>;
}

/** Takes the gradients at new points and sorts them in. */
export async function* takeSamples(path: RowPath, alphas: readonly number[], multiply: boolean, samples: Sample[]): RowIntegration<IntegratedRow["inside"]> {
  const { end, baselines } = path;
  const share = 1 / baselines.length;
  const taken = alphas.map((alpha) => ({ alpha, score: 0, slope: 0, values: floats(end) }));
  let inside: IntegratedRow["inside"] | undefined;
  const nodes = alphas.flatMap((alpha) => baselines.map((start) => ({ start, alpha })));
  for (const run of path.runs(nodes)) {
    const part = yield { nodes: nodes.slice(run.start, run.end) };
    const pause = pauses();
    for (let node = run.start; node < run.end; node++) {
      const sample = taken[Math.floor(node / baselines.length)]!;
      const row = node - run.start;
      sample.score += share * part.scores[row]!;
      for (const [name, sum] of Object.entries(sample.values)) {
        const gradient = part.values[name]!.data.subarray(row * sum.length, (row + 1) * sum.length);
        sample.slope += share * addPoint(sum, gradient, end[name]!, nodes[node]!.start[name]!, share, multiply);
      }
      await pause();
    }
    inside = insideOf(part);
  }
  samples.push(...taken);
  samples.sort((a, b) => a.alpha - b.alpha);
  return inside!;
}

export function alphasOf(samples: readonly Sample[]): readonly number[] {
  return samples.map(({ alpha }) => alpha);
}

export function slopesOf(samples: readonly Sample[]): readonly number[] {
  return samples.map(({ slope }) => slope);
}

/** The rule among `rules` that comes nearest to the scores. */
export function fitSamples(samples: readonly Sample[], ends: EndScores, ...rules: readonly Interpolation[]): PathFit {
  return fitPath({ alphas: alphasOf(samples), scores: samples.map(({ score }) => score), slopes: slopesOf(samples) }, ends, rules);
}

export async function weigh(samples: readonly Sample[], weights: Float64Array, end: Point): Promise<WeightedSum> {
  const values = zeros(end);
  const pause = pauses();
  let integral = 0;
  for (const [k, sample] of samples.entries()) {
    for (const [name, sum] of Object.entries(values)) addScaled(sum, sample.values[name]!, weights[k]!);
    integral += weights[k]! * sample.slope;
    await pause();
  }
  return { values, integral };
}

/** Inner products of samples, each of them computed once. */
export function innerProducts(): (a: Sample, b: Sample) => number {
  const known = new Map<Sample, Map<Sample, number>>();
  return (a, b) => {
    const [first, second] = a.alpha <= b.alpha ? [a, b] : [b, a];
    const ofFirst = known.get(first) ?? new Map<Sample, number>();
    known.set(first, ofFirst);
    const product = ofFirst.get(second) ?? Object.entries(first.values).reduce((sum, [name, values]) => sum + innerProduct(values, second.values[name]!), 0);
    ofFirst.set(second, product);
    return product;
  };
}

/** Computes those of all samples no further apart than `reach` of them, so that who reads them does not keep the thread. */
export async function computeProducts(products: (a: Sample, b: Sample) => number, samples: readonly Sample[], reach: number): Promise<void> {
  const pause = pauses();
  for (const [k, sample] of samples.entries()) {
    for (const other of samples.slice(k, k + reach + 1)) {
      products(sample, other);
      await pause();
    }
  }
}

function floats(like: Point): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(like).map(([name, { length }]) => [name, new Float32Array(length)]));
}
