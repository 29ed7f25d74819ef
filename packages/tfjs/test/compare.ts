import { expect } from "vitest";

/** Largest |a − b| over the largest |b|, or over 1e-30 where b is all zero. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  const differences = Array.from({ length: expected.length }, (_, i) => Math.abs(actual[i]! - expected[i]!));
  if (differences.some(Number.isNaN)) return Infinity;
  return Math.max(...differences, 0) / Math.max(...Array.from(expected, Math.abs), 1e-30);
}

/** Asserts that two arrays agree up to `tolerance` of the largest expected value, and tells the worst entry. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const worst =
    Array.from({ length: expected.length }, (_, i) => i).toSorted((a, b) => Math.abs(actual[b]! - expected[b]!) - Math.abs(actual[a]! - expected[a]!))[0] ?? 0;
  expect(relativeError(actual, expected), `worst at ${worst}: got ${actual[worst]}, expected ${expected[worst]}`).toBeLessThanOrEqual(tolerance);
}
