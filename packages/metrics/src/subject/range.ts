import { XDeepError } from "@xdeep/core";

/**
 * max − min of a row's entries, by which noise is measured.
 *
 * @throws {XDeepError} NOISE_INVALID where it is 0
 */
export function rangeOf(entries: Float64Array, where: string): number {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of entries) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  if (highest > lowest) return highest - lowest;
  throw new XDeepError("NOISE_INVALID", `${where} is constant (${entries[0]}), so changes relative to its range (max − min = 0) have no size.`, {
    details: { range: 0 },
  });
}
