import { addScaled } from "@xdeep/core/method";
import type { Point } from "@xdeep/core/method";

import { fitPath, nearestFit, ruleWeights } from "./fit-path.ts";
import type { EndScores, Interpolation, PathFit } from "./fit-path.ts";
import { allPlaces, fejerLevel, worstPlaces } from "./place-points.ts";
import { addPoint, sumOfSquares } from "./point-sums.ts";
import type { Endpoint } from "./endpoint.ts";
import { type IntegratedRow, type Integration, type RowIntegration, type RowPath, insideOf, zeros } from "./row-path.ts";
import type { AdaptiveSteps } from "./settings.ts";
import { sumRule } from "./sum-rule.ts";
import type { WeightedSum } from "./sum-rule.ts";

/** Points whose gradients are kept, so that their weights can change: these at least, and as many as take 32 MB. */
const KEPT = 31;
const KEPT_VALUES = 2 ** 23;
/** Points from which on it can be told whether a network is smooth. */
const TELLING = 7;
/** Errors between points may be so much larger than the delta in which they cancel: more is taken for chance. */
const CANCELLED = 3;
/** The share of the attributions that the last points may have changed: the delta sees one sum of them only. */
const CHANGED = 0.1;
/** Where twice the points leave the delta as it was, give or take this share, the sum of the attributions has settled elsewhere than at F(x) − F(x′). */
const STANDING = 0.1;
const STANDING_POINTS = 2;
/** As many times the points are taken to look for a steep start, as normalisations have next to a constant baseline: most of the error is there. */
const STEEP_POINTS = 4;
const STEEP_SHARE = 0.7;
/** What float32 loses of a score. */
const ROUNDING = 1e-6;

/** A point of all paths of a row: F and its slope, the mean over baselines, and what the point gives to the attributions. */
interface Sample {
  readonly alpha: number;
  readonly score: number;
  readonly slope: number;
  readonly values: Readonly<Record<string, Float32Array>>;
}

/**
 * Integrates one target over the paths of one row until the delta is small enough. Each gradient comes with its score, and the scores say how far the rule
 * misses F between neighbouring points: smooth networks get polynomials through Fejér's points, all others more points where F turns. No gradient
 * is left out.
 */
export async function* integrateAdaptively(
  { multiplyByInputs }: Integration,
  path: RowPath,
  endpoint: Endpoint,
  row: number,
  steps: AdaptiveSteps,
): RowIntegration {
  const ends = { start: await path.baselineScore(endpoint), end: endpoint.scores[row]! };
  const kept = Math.min(steps.maxSteps, Math.max(KEPT, Math.floor(KEPT_VALUES / valuesIn(path.end))));
  const samples: Sample[] = [];
  const deltas: Delta[] = [];
  let before = new Map<Sample, number>();
  let isSmooth = true;
  for (let next = fejerLevel(0)!; ;) {
    const inside = yield* takeSamples(path, next, multiplyByInputs, samples);
    const tolerance = allowedDelta(ends, samples, steps);
    const local = fitSamples(samples, ends, ["linear", "cubic"]);
    const fit: PathFit = isSmooth ? nearestFit([local, fitSamples(samples, ends, ["polynomial"])]) : local;
    deltas.push({ points: samples.length, delta: fit.delta });
    const result = ({ values, integral }: WeightedSum, more = 0, stands = false): IntegratedRow => {
      const difference = ends.end - ends.start;
      return { values: path.values(values), delta: integral - difference, difference, tolerance, stands, steps: samples.length + more, inside };
    };
    const stands = isStanding(deltas, fit);
    if (before.size > 0 && (stands || isGoodEnough(fit, tolerance))) {
      const sum = weigh(samples, fit.weights, path.end);
      if (isSettled(sum, changeOf(samples, fit.weights, before, path.end))) return result(sum, 0, stands);
    }
    isSmooth &&= (samples.length < TELLING || fit.rule !== "linear") && fejerLevel(samples.length) !== undefined;
    next = isSmooth ? fejerLevel(samples.length)! : worstPlaces(alphasOf(samples), local.errors);
    if (samples.length + next.length > kept) {
      const missed = fitSamples(samples, ends, ["linear"]).errors;
      const rest = allPlaces(alphasOf(samples), missed, tolerance / 2, steps.maxSteps - samples.length);
      return result(rest.length === 0 ? weigh(samples, fit.weights, path.end) : yield* sumWithRest(path, samples, rest, multiplyByInputs), rest.length);
    }
    before = new Map(samples.map((sample, k) => [sample, fit.weights[k]!]));
  }
}

/** What is asked for of the row's delta. A share of F(x) − F(x′) never asks for more than float32 holds of the scores on the path. */
function allowedDelta({ start, end }: EndScores, samples: readonly Sample[], { tolerance, relativeTolerance }: AdaptiveSteps): number {
  if (relativeTolerance === null) return tolerance!;
  const largest = Math.max(Math.abs(start), Math.abs(end), ...samples.map(({ score }) => Math.abs(score)));
  return Math.max(tolerance ?? 0, relativeTolerance * Math.abs(end - start), ROUNDING * largest);
}

function isGoodEnough({ delta, spread }: PathFit, tolerance: number): boolean {
  return Math.abs(delta) <= tolerance && spread <= CANCELLED * tolerance;
}

/** What a rule of so many points misses. */
interface Delta {
  readonly points: number;
  readonly delta: number;
}

/** Whether more points do not change the delta: F jumps on the path, or what is integrated is not its gradient. */
function isStanding(deltas: readonly Delta[], { errors, spread, delta: now }: PathFit): boolean {
  const isSteep = Math.abs(errors[0]!) > STEEP_SHARE * spread;
  const most = deltas.at(-1)!.points / (isSteep ? STEEP_POINTS : STANDING_POINTS);
  const first = deltas.findLastIndex(({ points }) => points >= TELLING && points <= most);
  return first >= 0 && deltas.slice(first).every(({ delta }) => Math.abs(delta - now) <= STANDING * Math.abs(now));
}

/** Whether the last points changed the attributions little, which is to say that the rules before and after them agree. */
function isSettled(sum: WeightedSum, change: WeightedSum): boolean {
  return norm(change.values) <= CHANGED * norm(sum.values);
}

/** What became of a sum when its weights did. */
function changeOf(samples: readonly Sample[], weights: Float64Array, before: ReadonlyMap<Sample, number>, end: Point): WeightedSum {
  const changes = weights.map((weight, k) => weight - (before.get(samples[k]!) ?? 0));
  return weigh(samples, changes, end);
}

/** Takes the gradients at new points and sorts them in. */
async function* takeSamples(path: RowPath, alphas: readonly number[], multiply: boolean, samples: Sample[]): RowIntegration<IntegratedRow["inside"]> {
  const { end, baselines } = path;
  const share = 1 / baselines.length;
  const taken = alphas.map((alpha) => ({ alpha, score: 0, slope: 0, values: floats(end) }));
  let inside: IntegratedRow["inside"] | undefined;
  const nodes = alphas.flatMap((alpha) => baselines.map((start) => ({ start, alpha })));
  for (const run of path.runs(nodes)) {
    const part = yield { nodes: nodes.slice(run.start, run.end) };
    for (let node = run.start; node < run.end; node++) {
      const sample = taken[Math.floor(node / baselines.length)]!;
      const row = node - run.start;
      sample.score += share * part.scores[row]!;
      for (const [name, sum] of Object.entries(sample.values)) {
        const gradient = part.values[name]!.data.subarray(row * sum.length, (row + 1) * sum.length);
        sample.slope += share * addPoint(sum, gradient, end[name]!, nodes[node]!.start[name]!, share, multiply);
      }
    }
    inside = insideOf(part);
  }
  samples.push(...taken);
  samples.sort((a, b) => a.alpha - b.alpha);
  return inside!;
}

function fitSamples(samples: readonly Sample[], ends: EndScores, rules: readonly Interpolation[]): PathFit {
  return fitPath({ alphas: alphasOf(samples), scores: samples.map(({ score }) => score), slopes: samples.map(({ slope }) => slope) }, ends, rules);
}

function weigh(samples: readonly Sample[], weights: Float64Array, end: Point): WeightedSum {
  const values = zeros(end);
  let integral = 0;
  for (const [k, sample] of samples.entries()) {
    for (const [name, sum] of Object.entries(values)) addScaled(sum, sample.values[name]!, weights[k]!);
    integral += weights[k]! * sample.slope;
  }
  return { values, integral };
}

/** Where no more gradients can be kept: all points that are still needed, weighed at once and summed on the device. */
async function* sumWithRest(path: RowPath, samples: readonly Sample[], rest: readonly number[], multiply: boolean): RowIntegration<WeightedSum> {
  const alphas = [...alphasOf(samples), ...rest].sort((a, b) => a - b);
  const weights = ruleWeights(alphas, "linear");
  const weightsOf = (some: readonly number[]): Float64Array => Float64Array.from(some, (alpha) => weights[alphas.indexOf(alpha)]!);
  const kept = weigh(samples, weightsOf(alphasOf(samples)), path.end);
  const more = yield* sumRule(path, rest, weightsOf(rest), multiply);
  for (const [name, sum] of Object.entries(kept.values)) addScaled(sum, more.values[name]!);
  return { values: kept.values, integral: kept.integral + more.integral };
}

function alphasOf(samples: readonly Sample[]): readonly number[] {
  return samples.map(({ alpha }) => alpha);
}

function norm(point: Point): number {
  return Math.sqrt(Object.values(point).reduce((sum, values) => sum + sumOfSquares(values), 0));
}

function valuesIn(point: Point): number {
  return Object.values(point).reduce((sum, { length }) => sum + length, 0);
}

function floats(like: Point): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(like).map(([name, { length }]) => [name, new Float32Array(length)]));
}
