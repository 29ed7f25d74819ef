import { type Point, pauses } from "@xdeep/core/method";

import { expectedErrors, together } from "./expected-error.ts";
import type { EndScores, PathFit } from "./fit-path.ts";
import { type InnerProducts, type Sample, alphasOf, fitSamples, weigh } from "./path-samples.ts";
import { innerProduct } from "../path/point-sums.ts";
import type { WeightedSum } from "../path/sum-rule.ts";

/** What float32 loses of scores, as a share of their movement. */
const ROUNDING = 1e-5;

/** What some points of a path say of the rules through them. */
export interface Judgement {
  /** The rule that is expected to miss less: of straight lines or cubics, or the polynomial. */
  readonly fit: PathFit;
  readonly sum: WeightedSum;
  /** ‖Σ‖₂ of the attributions, and what the rule is expected to miss of them. */
  readonly size: number;
  readonly missing: number;
  /** The same by gradients alone, which know nothing of jumps. */
  readonly settling: number;
  /** How far the score moves on the path, up and down. */
  readonly moved: number;
  /** Whether its delta is what a rule of so many points misses by chance. What is far from that, jumps and steep starts, no gradient was there to see. */
  readonly isExplained: boolean;
  /** Where most is missing, stretch by stretch: of the score, and of the attributions. */
  readonly rough: Float64Array;
  /** Straight lines: what they miss of the score, stretch by stretch, and what they are expected to miss of the attributions. */
  readonly straight: { readonly errors: Float64Array; readonly expected: Float64Array };
}

/** @param isSmooth whether the points lie so that a polynomial through all may be the best rule */
export async function judgeSamples(samples: readonly Sample[], ends: EndScores, products: InnerProducts, isSmooth: boolean, end: Point): Promise<Judgement> {
  const alphas = alphasOf(samples);
  const ofValues = (a: number, b: number): number => products.of(samples[a]!, samples[b]!);
  const ofSlopes = (a: number, b: number): number => samples[a]!.slope * samples[b]!.slope;
  // Lines foretell a point by its neighbours, polynomials by all.
  await products.compute(samples, isSmooth ? samples.length : 2);
  const { errors, delta, spread } = fitSamples(samples, ends, "linear");
  const local = fitSamples(samples, ends, "linear", "cubic");
  const expected = expectedErrors(alphas, ofValues, "linear");
  // What is missed of the score is known as well as expected: where it is more, as at a steep start between points, more is expected of the attributions, too.
  const expectedDelta = together(expectedErrors(alphas, ofSlopes, "linear"));
  const moved = movement(samples, ends);
  const surprise = Math.max(1, spread / Math.max(expectedDelta, ROUNDING * moved) || 1);
  const missing = { local: together(expected), polynomial: isSmooth ? together(expectedErrors(alphas, ofValues, "polynomial")) : Infinity };
  const fit = missing.polynomial < missing.local ? fitSamples(samples, ends, "polynomial") : local;
  const sum = await weigh(samples, fit.weights, end);
  return {
    fit,
    sum,
    size: await norm(sum.values),
    missing: surprise * Math.min(missing.local, missing.polynomial),
    settling: Math.min(missing.local, missing.polynomial),
    moved,
    isExplained: Math.abs(delta) <= expectedDelta,
    rough: expected.map((error, j) => Math.hypot(share(error, missing.local), share(local.errors[j]!, local.spread))),
    straight: { errors, expected },
  };
}

/** ‖values‖₂ */
async function norm(point: Point): Promise<number> {
  const pause = pauses();
  let squares = 0;
  for (const values of Object.values(point)) squares += await innerProduct(values, values, pause);
  return Math.sqrt(squares);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function movement(samples: readonly Sample[], { start, end }: EndScores): number {
  const scores = [start, ...samples.map(({ score }) => score), end];
  return scores.slice(1).reduce((sum, score, k) => sum + Math.abs(score - scores[k]!), 0);
}
