import { describe, expect, it } from "vitest";

import { assembleRows } from "./assemble-rows.ts";
import { float32 } from "../tensors/tensor.ts";

const rows = [
  [1, 2],
  [3, 4],
  [5, 6],
].map((values) => ({ x: { dims: [1, 2], data: Float64Array.from(values) } }));

describe("assembleRows", () => {
  it("stacks rows", async () => {
    expect(await assembleRows(rows)).toEqual({ x: float32([3, 1, 2], [1, 2, 3, 4, 5, 6]) });
  });

  it("sums weighted rows", async () => {
    expect(await assembleRows(rows, Float32Array.of(1, 0, -2))).toEqual({ x: float32([1, 1, 2], [-9, -10]) });
  });

  it("refuses what float32 cannot hold", async () => {
    const huge = [{ x: { dims: [1], data: Float64Array.of(1e39) } }];
    await expect(assembleRows(huge)).rejects.toMatchObject({ code: "RESULT_NOT_FINITE" });
  });
});
