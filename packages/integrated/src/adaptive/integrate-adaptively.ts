import type { Point } from "@xdeep/core/method";

import { closeDelta } from "./close-delta.ts";
import type { Endpoint } from "../path/endpoint.ts";
import type { EndScores, PathFit } from "./fit-path.ts";
import { judgeSamples } from "./judge-samples.ts";
import { sumWithLastPoints } from "./last-points.ts";
import { type Sample, alphasOf, innerProducts, slopesOf, takeSamples, weigh } from "./path-samples.ts";
import { ADDED, nestedPoints, worstPlaces } from "./place-points.ts";
import type { IntegratedRow, Integration, RowIntegration, RowPath } from "../path/row-path.ts";
import { type AdaptiveSteps, isPlainGradient } from "../settings.ts";
import type { WeightedSum } from "../path/sum-rule.ts";

/** Points whose gradients are kept, so that their weights can change: these at least, and as many as take 32 MB. */
const KEPT = 31;
const KEPT_VALUES = 2 ** 23;
/** Points from which on it can be told whether a network is smooth. */
const TELLING = 7;
/** The share of the attributions that may be missing, as far as one can expect: the delta sees one sum of them only. Fewer points know that worse. */
const SETTLED = 0.06;
const KNOWING = 11;
/** The same in multiples of the tolerance, where weights are moved so that the rest of the delta goes. */
const CLOSABLE = 6;
/** Errors between points may be so much larger than the delta in which they cancel: more is taken for chance. */
const CANCELLED = 3;
/** Where twice the points leave the delta as it was, give or take this share, the sum of the attributions has settled elsewhere than at F(x) − F(x′). */
const STANDING = 0.1;
const STANDING_POINTS = 2;
/** As many times the points are taken to look for a steep start, as normalisations have next to a constant baseline: most of the error is there. */
const STEEP_POINTS = 4;
const STEEP_SHARE = 0.7;
/** What float32 loses of a score. */
const ROUNDING = 1e-6;

/**
 * Integrates one target over the paths of one row until the delta is small enough, and the attributions are known well enough. Each gradient comes with its
 * score, and the scores say how far a rule misses F between neighbouring points; how well the gradients foretell one another says what it misses of the
 * attributions. Smooth networks get polynomials, all others more points where F turns. No gradient is left out.
 *
 * @param start F(x′)
 */
export async function* integrateAdaptively(
  { explainer, multiplyByInputs }: Integration,
  path: RowPath,
  endpoint: Endpoint,
  row: number,
  steps: AdaptiveSteps,
  start: number,
): RowIntegration {
  const ends = { start, end: endpoint.scores[row]! };
  const difference = ends.end - ends.start;
  const kept = Math.min(steps.maxSteps, Math.max(KEPT, Math.floor(KEPT_VALUES / valuesIn(path.end))));
  const products = innerProducts();
  const samples: Sample[] = [];
  const deltas: Delta[] = [];
  let isSmooth = true;
  for (let next = nestedPoints(0)!; ;) {
    const inside = yield* takeSamples(path, next, multiplyByInputs, samples);
    const tolerance = allowedDelta(ends, samples, steps);
    const judged = await judgeSamples(samples, ends, products, isSmooth, path.end);
    const { fit, sum, size, missing } = judged;
    deltas.push({ points: samples.length, delta: fit.delta });
    const result = ({ values, integral }: WeightedSum, more = 0, stands = false): IntegratedRow => {
      const delta = integral - difference;
      const taken = samples.length + more;
      // Errors fall like 1/n where gradients are restless, as they are wherever more points come at once.
      const settling = size === 0 ? 0 : (((stands ? judged.settling : missing) / size) * samples.length) / taken;
      // Equal gradients foretell one another well: what is missing beside them, the scores know. Jumps are no gradient's fault.
      const expected = stands || delta === 0 ? settling : Math.max(settling, Math.abs(delta) / (judged.moved || 1));
      return { values: path.values(values), delta, difference, tolerance, expectedError: expected, stands, steps: taken, inside };
    };
    const settled = SETTLED * Math.min(1, samples.length / KNOWING);
    const isSettled = missing <= settled * size;
    // What hardly adds up to anything has settled beside a delta that is far larger.
    if (judged.settling <= settled * Math.max(size, Math.abs(fit.delta)) && isStanding(deltas, fit)) return result(sum, 0, true);
    if (isSettled && isGoodEnough(fit, tolerance)) return result(sum);
    const closable = isPlainGradient(explainer) ? size * Math.min(settled, (CLOSABLE * tolerance) / Math.abs(difference)) : 0;
    const closed = missing < closable && judged.isExplained ? closeDelta(alphasOf(samples), slopesOf(samples), fit.weights, fit.delta) : undefined;
    if (closed !== undefined) return result(await weigh(samples, closed, path.end));
    const nested = samples.length < TELLING || fit.rule === "polynomial" ? nestedPoints(samples.length) : undefined;
    isSmooth = nested !== undefined;
    // What is missing falls like 1/n: no more are taken than should settle it.
    const short = isSettled ? ADDED : Math.min(ADDED, Math.ceil(samples.length * (missing / (settled * size) - 1)));
    next = nested ?? worstPlaces(alphasOf(samples), judged.rough, short);
    if (samples.length + next.length > kept) {
      const wanted = { difference, tolerance, closable, most: steps.maxSteps - samples.length };
      const last = yield* sumWithLastPoints(path, samples, judged, wanted, multiplyByInputs);
      return result(last.sum, last.points);
    }
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

function valuesIn(point: Point): number {
  return Object.values(point).reduce((sum, { length }) => sum + length, 0);
}
