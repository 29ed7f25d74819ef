import { formatNumber } from "./format-number.ts";

/** A value of a measure; some explanations have none. */
export function measureText(value: number | null): string {
  return value === null ? "none" : formatNumber(value);
}
