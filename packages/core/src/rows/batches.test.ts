import { describe, expect, it } from "vitest";

import { batchSize, movedByDefault, sliceFeeds, splitRows } from "./batches.ts";
import { engineRuns, withoutPadding } from "./engine-runs.ts";
import { concatRows, repeatRow } from "./row-axis.ts";
import type { ValueInfo } from "../contract/model.ts";
import { float32 } from "../tensors/tensor.ts";

describe("batches", () => {
  it("prefers what the backend prefers, within what it takes", () => {
    expect(batchSize({ maxBatch: null, preferredBatch: 4 })).toBe(4);
    expect(batchSize({ maxBatch: 2, preferredBatch: 4 })).toBe(2);
  });

  it("leaves inputs without rows and masks alone where methods move what nobody named, and says nothing where the model's own default will do", () => {
    const info = (name: string, more: Partial<ValueInfo> = {}): ValueInfo => ({ name, type: "float32", dims: [null, 2], layout: null, ...more });
    const [x, state, mask] = [info("x"), info("state", { batched: false }), info("mask", { mask: true })];
    expect(movedByDefault({ inputs: [x, state] })).toEqual(["x"]);
    expect(movedByDefault({ inputs: [x, state, mask], defaultWrt: ["x", "state"] })).toEqual(["x"]);
    expect(movedByDefault({ inputs: [x] })).toBeUndefined();
    expect(movedByDefault({ inputs: [info("ids", { type: "int64" })], defaultWrt: ["embedding"] })).toBeUndefined();
    expect(movedByDefault({ inputs: [state] })).toBeUndefined();
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

describe("engineRuns", () => {
  const input = (name: string, dims: readonly (number | null)[], batched = true): ValueInfo => ({ name, type: "float32", dims, layout: null, batched });
  const x = float32([5, 1], [1, 2, 3, 4, 5]);
  const rate = float32([], [16]);
  const inputs = [input("x", [null, 1]), input("rate", [], false)];

  it("fills a fixed batch with copies of the last row, and zeros where they must not count", () => {
    const runs = engineRuns({ x, weights: float32([5], [1, 1, 1, 1, 1]) }, { inputs, rows: 5, fixedBatch: 3, zeroFilled: "weights" });
    expect(runs.map(({ rows, padding }) => [rows, padding])).toEqual([
      [{ start: 0, end: 3 }, 0],
      [{ start: 3, end: 5 }, 1],
    ]);
    expect(runs[1]!.feeds).toEqual({ x: float32([3, 1], [4, 5, 5]), weights: float32([3], [1, 1, 0]) });
    expect(withoutPadding({ y: float32([3], [7, 8, 9]) }, runs[1]!)).toEqual({ y: float32([2], [7, 8]) });
  });

  it("passes inputs without a batch axis whole", () => {
    const runs = engineRuns({ x, rate }, { inputs, rows: 5, size: 2 });
    expect(runs.map(({ feeds }) => feeds["rate"])).toEqual([rate, rate, rate]);
  });

  it("runs row by row beside the state of a recurrent network for one row", () => {
    const states = [...inputs, input("state", [2, null, 3], false)];
    expect(engineRuns({ x, rate, state: float32([2, 1, 3]) }, { inputs: states, rows: 5 })).toHaveLength(5);
    expect(engineRuns({ x, rate, state: float32([2, 5, 3]) }, { inputs: states, rows: 5 })).toHaveLength(1);
  });

  it("refuses feeds that a fixed batch cannot be made of", () => {
    expect(() => engineRuns({ x, y: float32([2, 1]) }, { inputs, rows: 5, fixedBatch: 3 })).toThrow(expect.objectContaining({ code: "BATCH_INVALID" }));
  });

  it("fills no batch that is far larger than what it is given", () => {
    const one = { x: float32([1, 1], [1]) };
    expect(() => engineRuns(one, { inputs, rows: 1, fixedBatch: 1e8 })).toThrow(expect.objectContaining({ code: "BATCH_INVALID" }));
    expect(() => engineRuns(one, { inputs, rows: 1, fixedBatch: 10, mostFilled: { elements: 9, option: "limits.filled" } })).toThrow(
      /takes 10 elements, at most 9 .*raise limits\.filled/,
    );
    expect(engineRuns(one, { inputs, rows: 1, fixedBatch: 10 })[0]!.padding).toBe(9);
  });

  it("is one run where feeds without a common batch axis are run as they are", () => {
    expect(engineRuns({ x, y: float32([2, 1]) }, { inputs, rows: 5, size: 2 })).toHaveLength(1);
  });
});
