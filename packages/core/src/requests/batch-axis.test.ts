import { describe, expect, it } from "vitest";

import { findBatchAxis } from "./batch-axis.ts";

const of = (dims: Readonly<Record<string, readonly (number | string | null)[]>>, named?: readonly string[]): object => {
  const { shared, fixedBatch } = findBatchAxis(
    Object.entries(dims).map(([name, each]) => ({ name, dims: each })),
    named,
  );
  return { shared: [...shared], fixedBatch };
};

describe("findBatchAxis", () => {
  it.each([
    ["open axes are the batch", { x: ["N", 3], mask: [null, 4] }, [], null],
    ["scalars have none", { x: [null, 512], rate: [] }, ["rate"], null],
    ["a fixed size beside open ones is no batch", { x: [null, null], state: [2, null, 128], rate: [] }, ["state", "rate"], null],
    ["one fixed size for all is a fixed batch", { x: [3, 5], y: [3] }, [], 3],
    ["of several fixed sizes the most frequent is the batch", { state: [2, 1, 64], x: [1, 512], y: [1, 4] }, ["state"], 1],
    ["of equally frequent ones the smallest", { state: [2, 1, 64], x: [1, 512] }, ["state"], 1],
  ] as const)("%s", (_, dims, shared, fixedBatch) => {
    expect(of(dims)).toEqual({ shared, fixedBatch });
  });

  it("of 0 rows makes no model", () => {
    expect(() => of({ x: [0, 4] })).toThrow(expect.objectContaining({ code: "MODEL_INVALID" }));
  });

  it("believes the caller", () => {
    expect(of({ x: [null, 4], table: [null, 8] }, ["table"])).toEqual({ shared: ["table"], fixedBatch: null });
  });
});
