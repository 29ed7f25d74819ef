import { describe, expect, it } from "vitest";
import { checkRule } from "../../test/check-rule.ts";
import { differences } from "../../test/check-lowering.ts";
import { imageModel } from "../../test/image-model.ts";
import { rows } from "../rules/max-pool.spec.ts";
import { maxPoolWithoutIndices } from "./max-pool-without-indices.ts";

/** ceil_mode and auto_pad need dims that are known before the run. */
const STATIC = /ceil_mode|auto_pad/;

describe("MaxPool without indices", () => {
  it.each(rows.filter(({ outputs }) => outputs === undefined))("$name", (row) =>
    checkRule({ ...row, dynamic: !STATIC.test(row.name) }, [maxPoolWithoutIndices]),
  );

  it("joins no more values at once than a WebGPU shader may read", async () => {
    const pool = imageModel([["MaxPool", { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }]], { dims: ["N", 16, 8, 8] });
    const { lowered } = await differences(pool, [maxPoolWithoutIndices]);
    const joins = lowered.graph!.node.filter(({ opType }) => opType === "Concat").map(({ input }) => input.length);
    expect(Math.max(...joins)).toBeLessThanOrEqual(7);
    expect(joins.length).toBeGreaterThan(2);
  });
});
