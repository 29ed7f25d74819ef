import { describe, expect, it } from "vitest";

import { batchSize, concatRows, repeatRow, sliceFeeds, splitRows } from "./batches.ts";
import { float32 } from "./tensor.ts";

describe("batches", () => {
  it("prefers what the backend prefers, within what it takes", () => {
    expect(batchSize({ maxBatch: null, preferredBatch: 4 })).toBe(4);
    expect(batchSize({ maxBatch: 2, preferredBatch: 4 })).toBe(2);
  });

  it("splits rows into runs that cover them once", () => {
    expect(splitRows(5, 2)).toEqual([
      { start: 0, end: 2 },
      { start: 2, end: 4 },
      { start: 4, end: 5 },
    ]);
  });

  it("joins what it split", () => {
    const x = float32([3, 2], [1, 2, 3, 4, 5, 6]);
    const parts = splitRows(3, 2).map((range) => sliceFeeds({ x }, range)["x"] as typeof x);
    expect(concatRows(parts)).toEqual(x);
  });

  it("repeats a row of any element type", () => {
    expect(repeatRow(float32([1, 2], [1, 2]), 2)).toEqual(float32([2, 2], [1, 2, 1, 2]));
    expect(repeatRow({ type: "int64", dims: [1, 1], data: BigInt64Array.of(7n) }, 3).data).toEqual(BigInt64Array.of(7n, 7n, 7n));
    expect(repeatRow({ type: "string", dims: [1, 1], data: ["a"] }, 2).data).toEqual(["a", "a"]);
  });
});
