import type { Metric } from "../metric.ts";
import { type MapMeasureOptions, mapMeasure } from "./map-measure.ts";

/**
 * Complexity: the entropy −Σ p ln p of p = |A| / Σ |A|, in nats. Lower is better: 0 where one entry has everything, ln n where all are alike. Null for an
 * attribution of zeros.
 *
 * It assumes what sparseness does.
 *
 * @throws {XDeepError} OPTION_INVALID
 * @see U. Bhatt, A. Weller, J. Moura (2020), Evaluating and Aggregating Feature-based Model Explanations, arXiv:2005.00631
 */
export function complexity(options: MapMeasureOptions = {}): Metric {
  return mapMeasure("complexity", "lower", options, (sizes, total) => entropy(sizes, total));
}

/** −Σ p ln p of counts or masses with this total; 0 ln 0 = 0. */
export function entropy(masses: ArrayLike<number>, total: number): number {
  let sum = 0;
  for (let i = 0; i < masses.length; i++) if (masses[i]! > 0) sum -= (masses[i]! / total) * Math.log(masses[i]! / total);
  return sum;
}
