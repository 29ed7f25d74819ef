import { sizeOf } from "@xdeep/core";

import type { Numbers } from "../networks/fixture.ts";
import { demand, demandEqual } from "./failure.ts";

/** What is compared, and how closely. */
export interface Comparison {
  /** Such as: gradient of input 0 "x" through conv2d (seed 11). */
  readonly what: string;
  /** Allowed difference as a part of the largest expected value. */
  readonly tolerance: number;
}

/**
 * Compares numbers with what they should be, element by element.
 *
 * @throws {ConformanceFailure} naming the worst element with its index, expected and actual value
 */
export function demandClose(actual: Numbers, expected: Numbers, { what, tolerance }: Comparison): void {
  demandEqual(actual.dims, expected.dims, `${what}: wrong dims`);
  demandEqual(actual.data.length, sizeOf(expected.dims), `${what}: wrong number of elements`);
  const largest = Array.from(expected.data).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  // Where everything is 0, nothing but 0 is close.
  const allowed = tolerance * largest;
  let worst = -1;
  let worstDifference = allowed;
  for (let i = 0; i < expected.data.length; i++) {
    const difference = Math.abs(actual.data[i]! - expected.data[i]!);
    if (difference <= worstDifference) continue;
    worst = i;
    if (Number.isNaN(difference)) break;
    worstDifference = difference;
  }
  demand(
    worst < 0,
    `${what}: worst at index ${worst} = [${unravel(worst, expected.dims).join(", ")}]: expected ${expected.data[worst]}, got ${actual.data[worst]}; ` +
      `allowed is ${tolerance} of the largest value ${largest}.`,
  );
}

/** The index tuple of a row-major index. */
export function unravel(flat: number, dims: readonly number[]): readonly number[] {
  let rest = flat;
  return dims
    .toReversed()
    .map((dim) => {
      const index = rest % dim;
      rest = Math.floor(rest / dim);
      return index;
    })
    .toReversed();
}
