import { pauses } from "@xdeep/core/method";
import type { Pause, Point } from "@xdeep/core/method";

import { type EndScores, type Interpolation, type PathFit, fitPath } from "./fit-path.ts";
import { addPoint, addWeighted, innerProduct } from "../path/point-sums.ts";
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
    const way = { share, multiply, pause: pauses() };
    for (let node = run.start; node < run.end; node++) {
      const sample = taken[Math.floor(node / baselines.length)]!;
      const row = node - run.start;
      sample.score += share * part.scores[row]!;
      for (const [name, sum] of Object.entries(sample.values)) {
        const gradient = part.values[name]!.data.subarray(row * sum.length, (row + 1) * sum.length);
        sample.slope += share * (await addPoint(sum, gradient, end[name]!, nodes[node]!.start[name]!, way));
      }
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
    for (const [name, sum] of Object.entries(values)) await addWeighted(sum, sample.values[name]!, weights[k]!, pause);
    integral += weights[k]! * sample.slope;
  }
  return { values, integral };
}

/** Inner products of samples: each is computed once, before any is read. */
export interface InnerProducts {
  /** Computes those of all samples no further apart than `reach` of them. */
  compute(samples: readonly Sample[], reach: number): Promise<void>;
  of(a: Sample, b: Sample): number;
}

export function innerProducts(): InnerProducts {
  const known = new Map<Sample, Map<Sample, number>>();
  const inOrder = (a: Sample, b: Sample): readonly [Sample, Sample] => (a.alpha <= b.alpha ? [a, b] : [b, a]);

  async function compute(samples: readonly Sample[], reach: number): Promise<void> {
    const pause = pauses();
    for (const [k, a] of samples.entries()) {
      const ofFirst = known.get(a) ?? new Map<Sample, number>();
      known.set(a, ofFirst);
      for (const b of samples.slice(k, k + reach + 1)) if (!ofFirst.has(b)) ofFirst.set(b, await productOf(a, b, pause));
    }
  }

  function of(a: Sample, b: Sample): number {
    const [first, second] = inOrder(a, b);
    return known.get(first)!.get(second)!;
  }

  return { compute, of };
}

async function productOf(a: Sample, b: Sample, pause: Pause): Promise<number> {
  let product = 0;
  for (const [name, values] of Object.entries(a.values)) product += await innerProduct(values, b.values[name]!, pause);
  return product;
}

function floats(like: Point): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(like).map(([name, { length }]) => [name, new Float32Array(length)]));
}
