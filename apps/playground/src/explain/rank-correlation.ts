import { spearman } from "@xdeep/metrics";

/** Spearman's rank correlation of the sizes of two maps: 1 where they order their places alike, 0 where they have nothing in common or are all alike. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return spearman(Float64Array.from(a, Math.abs), Float64Array.from(b, Math.abs)) ?? 0;
}
