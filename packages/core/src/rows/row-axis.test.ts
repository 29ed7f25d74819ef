import { describe, expect, it } from "vitest";
import { float32 } from "../tensors/tensor.ts";
import type { FloatTensor, Tensor } from "../tensors/tensor.ts";
import { repeatFeeds, sliceFeeds } from "./batches.ts";
import { engineRuns } from "./engine-runs.ts";
import { joinGradients } from "./join-runs.ts";
import { concatRows, repeatRow, rowsInFront, takeRows } from "./row-axis.ts";

const counted = (...dims: readonly number[]): FloatTensor =>
  float32(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i),
  );

describe("rows along any axis", () => {
  it.each([0, 1, 2])("are taken, and joined again to what they were (axis %i)", (axis) => {
    const tensor = counted(3, 4, 2);
    const rows = Array.from({ length: tensor.dims[axis]! }, (_, row) => takeRows(tensor, row, row + 1, axis));
    expect(rows[1]!.data[0]).toBe([8, 2, 1][axis]);
    expect(concatRows(rows, axis)).toEqual(tensor);
    expect(takeRows(repeatRow(rows[1]!, 3, axis), 1, 2, axis)).toEqual(rows[1]);
  });

  it("of strings are taken, too", () => {
    const words: Tensor = { type: "string", dims: [2, 2, 1], data: ["a", "b", "c", "d"] };
    expect(takeRows(words, 1, 2, 1)).toEqual({ type: "string", dims: [2, 1, 1], data: ["b", "d"] });
  });

  it("come to the front for who stores them one by one", () => {
    expect(rowsInFront(counted(2, 3, 1), 1)).toEqual(float32([3, 2, 1], [0, 3, 1, 4, 2, 5]));
  });
});

describe("a state beside rows", () => {
  const inputs = [
    { name: "x", type: "float32", dims: [null, 1], layout: null },
    { name: "state", type: "float32", dims: [2, null, 1], layout: null, batched: false, batchAxis: 1 },
    { name: "table", type: "float32", dims: [2, null], layout: null, batched: false },
  ] as const;
  const feeds = { x: counted(3, 1), state: counted(2, 3, 1), table: counted(2, 5) };

  it("is cut, repeated and filled up with them", () => {
    expect(sliceFeeds(feeds, { start: 1, end: 2 }, inputs)["state"]).toEqual(float32([2, 1, 1], [1, 4]));
    expect(repeatFeeds(sliceFeeds(feeds, { start: 1, end: 2 }, inputs), 2, inputs)["state"]).toEqual(float32([2, 2, 1], [1, 1, 4, 4]));
    const [, last] = engineRuns(feeds, { inputs, rows: 3, fixedBatch: 2 });
    expect(last!.feeds["state"]).toEqual(float32([2, 2, 1], [2, 2, 5, 5]));
  });

  it("of one row is that of each, and a table stays whole unless it may be a state of each row", () => {
    expect(sliceFeeds({ ...feeds, state: counted(2, 1, 1) }, { start: 1, end: 3 }, inputs)["state"]).toEqual(float32([2, 2, 1], [0, 0, 1, 1]));
    expect(sliceFeeds(feeds, { start: 1, end: 2 }, inputs)["table"]).toBe(feeds.table);
    const asMany = { ...feeds, table: counted(2, 3) };
    expect(sliceFeeds(asMany, { start: 0, end: 3 }, inputs)["table"]).toBe(asMany.table);
    expect(() => sliceFeeds(asMany, { start: 0, end: 1 }, inputs)).toThrow(/Explain one row at a time/);
  });

  it("has gradients that are joined along its rows, and a table one that is summed", () => {
    const parts = [0, 1].map((n) => ({ rows: { start: n, end: n + 1 }, result: { x: counted(1, 1), state: counted(2, 1, 1), table: counted(2, 1) } }));
    expect(joinGradients(parts, inputs, false)).toEqual({ x: float32([2, 1]), state: float32([2, 2, 1], [0, 0, 1, 1]), table: float32([2, 1], [0, 2]) });
  });
});
