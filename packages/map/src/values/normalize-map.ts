import { XDeepError } from "@xdeep/core";
import type { AttributionMap } from "./attribution-map.ts";

/** Values beyond this percentile take the colour of the end of the scale, so that a few extreme pixels do not darken all others. */
export const DEFAULT_PERCENTILE = 99;

export interface NormalizeOptions {
  /** Where the scale ends, in percent of the pixels: above 0, at most 100. Default 99. */
  readonly percentile?: number | undefined;
}

/**
 * Values from 0 to 1: the smallest becomes 0, the percentile and all above it 1. A constant map becomes 0 everywhere.
 *
 * @throws {XDeepError} OPTION_INVALID when the percentile is out of range.
 */
export function normalizeMap(map: AttributionMap, options: NormalizeOptions = {}): AttributionMap {
  const sorted = map.data.toSorted();
  const low = sorted[0]!;
  const high = sorted.at(-1)!;
  const top = upperEnd(sorted, low, options.percentile);
  if (high === low) return { ...map, data: new Float64Array(map.data.length) };
  return { ...map, data: map.data.map((value) => Math.min(1, (value - low) / (top - low))) };
}

/**
 * Values from −1 to 1, where 0 stays 0: divided by the percentile of |a|, and clipped. A constant map becomes 0 everywhere.
 *
 * @throws {XDeepError} OPTION_INVALID when the percentile is out of range.
 */
export function normalizeSignedMap(map: AttributionMap, options: NormalizeOptions = {}): AttributionMap {
  const scale = absolutePercentile(map.data, options.percentile);
  const isConstant = map.data.every((value) => value === map.data[0]);
  if (isConstant || scale === 0) return { ...map, data: new Float64Array(map.data.length) };
  return { ...map, data: map.data.map((value) => Math.max(-1, Math.min(1, value / scale))) };
}

/**
 * The percentile of |a|; the largest |a| where more than the percentile's share of the values is 0.
 *
 * @throws {XDeepError} OPTION_INVALID when the percentile is out of range.
 */
export function absolutePercentile(data: Float32Array | Float64Array, percentile?: number): number {
  const sorted = Float64Array.from(data, Math.abs).sort();
  return upperEnd(sorted, 0, percentile);
}

/** The percentile of sorted values; their largest where the percentile is no more than `low`, as in very sparse maps. */
function upperEnd(sorted: Float64Array, low: number, percentile: number = DEFAULT_PERCENTILE): number {
  if (!(percentile > 0 && percentile <= 100)) {
    throw new XDeepError("OPTION_INVALID", `Option "percentile" is above 0 and at most 100; got ${String(percentile)}.`, {
      details: { percentile },
    });
  }
  const end = percentileOf(sorted, percentile);
  return end > low ? end : sorted.at(-1)!;
}

/** Linear between neighbours, as NumPy's default. */
function percentileOf(sorted: Float64Array, percentile: number): number {
  const position = (percentile / 100) * (sorted.length - 1);
  const below = Math.floor(position);
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return lower + (upper - lower) * (position - below);
}
