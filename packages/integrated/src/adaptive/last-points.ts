import { pauses } from "@xdeep/core/method";

import { closeDelta } from "./close-delta.ts";
import { ruleWeights } from "./fit-path.ts";
import type { Judgement } from "./judge-samples.ts";
import { type Sample, alphasOf, slopesOf, weigh } from "./path-samples.ts";
import { allPlaces } from "./place-points.ts";
import type { RowIntegration, RowPath } from "../path/row-path.ts";
import { addWeighted } from "../path/point-sums.ts";
import { type WeightedSum, sumRule } from "../path/sum-rule.ts";

/** What is asked for of the last points. */
export interface Wanted {
  readonly difference: number;
  /** The largest delta. */
  readonly tolerance: number;
  /** What may be missing of the attributions, in the 2-norm, where weights are moved to close the delta; 0 where they are not. */
  readonly closable: number;
  /** How many points may still come. */
  readonly most: number;
}

/**
 * Where no more gradients can be kept: all points that are still needed, weighed at once and summed on the device. They are as many as bring straight lines near to
 * the scores, or, where these are fewer, as settle the attributions; the delta that is left is then closed by the points that were kept.
 */
export async function* sumWithLastPoints(
  path: RowPath,
  samples: readonly Sample[],
  { straight, isExplained, sum }: Judgement,
  { difference, tolerance, closable, most }: Wanted,
  multiply: boolean,
): RowIntegration<{ readonly sum: WeightedSum; readonly points: number }> {
  const own = alphasOf(samples);
  const byScores = allPlaces(own, straight.errors, tolerance / 2, most);
  const bySettling = allPlaces(own, straight.expected, closable, most);
  const isSettled = bySettling.length < Math.min(byScores.length, most);
  const last = isSettled ? bySettling : byScores;
  if (last.length === 0) return { sum, points: 0 };
  const alphas = [...own, ...last].sort((a, b) => a - b);
  const weights = ruleWeights(alphas, "linear");
  const weightsOf = (some: readonly number[]): Float64Array => Float64Array.from(some, (alpha) => weights[alphas.indexOf(alpha)]!);
  const more = yield* sumRule(path, last, weightsOf(last), multiply);
  const together = async (ofKept: Float64Array): Promise<WeightedSum> => {
    const pause = pauses();
    const kept = await weigh(samples, ofKept, path.end);
    for (const [name, values] of Object.entries(kept.values)) await addWeighted(values, more.values[name]!, 1, pause);
    return { values: kept.values, integral: kept.integral + more.integral };
  };
  const plain = await together(weightsOf(own));
  const delta = plain.integral - difference;
  const closed = isSettled && isExplained && Math.abs(delta) > tolerance ? closeDelta(own, slopesOf(samples), weightsOf(own), delta) : undefined;
  return { sum: closed === undefined ? plain : await together(closed), points: last.length };
}
