import { sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { type Lowering, differentiate, webgpuLowerings } from "@xdeep/autodiff";
import type { NodeProto } from "@xdeep/onnx";
import { type Value64, evaluate, value64 } from "@xdeep/reference";
import { describe, expect, it } from "vitest";
import { checkRule } from "../../../test/check-rule.ts";
import { differences } from "../../../test/check-lowering.ts";
import { conv, imageModel } from "../../../test/image-model.ts";
import { rows } from "../../rules/windows/max-pool.spec.ts";
import { maxPoolWithoutIndices } from "./max-pool-without-indices.ts";

/** ceil_mode and auto_pad need dims that are known before the run. */
const STATIC = /ceil_mode|auto_pad/;

const seeded = (seed: number, dims: readonly number[]): Value64 => value64("float32", dims, Float64Array.from(createNoise(seed).next(sizeOf(dims))));

describe("MaxPool without indices", () => {
  it.each(rows.filter(({ outputs }) => outputs === undefined))("$name", (row) =>
    checkRule({ ...row, dynamic: !STATIC.test(row.name) }, [maxPoolWithoutIndices]),
  );

  it("stands in for the plain form under DeepLIFT too, whose rule calls it in both runs", () => {
    const overlapping = imageModel([conv(3, 2, 3), ["MaxPool", { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }]], { dims: ["N", 2, 9, 9] });
    const relevanceBy = (lowerings: readonly Lowering[]): { readonly ask: readonly NodeProto[]; readonly relevance: Float64Array } => {
      const { model, gradients, cotangent, references } = differentiate(overlapping, { rule: "deeplift", lowerings });
      const [name = ""] = Object.values(gradients);
      const feeds = { x: seeded(1, [2, 2, 9, 9]), [references["x"]!]: seeded(2, [2, 2, 9, 9]), [cotangent]: seeded(3, [2, 3, 4, 4]) };
      const ask = model.graph!.node.filter(({ opType, output }) => opType === "MaxPool" && output.length > 1);
      return { ask, relevance: Float64Array.from(evaluate(model, feeds, { outputs: [name] })[name]!.data) };
    };
    const [plain, without] = [relevanceBy([]), relevanceBy(webgpuLowerings)];
    expect(plain.ask.length).toBe(2);
    expect(without.ask).toEqual([]);
    const scale = Math.max(...plain.relevance.map(Math.abs));
    expect(scale).toBeGreaterThan(0.1);
    expect(Math.max(...plain.relevance.map((value, i) => Math.abs(value - without.relevance[i]!)))).toBeLessThan(1e-12 * scale);
  });

  it("joins no more values at once than a WebGPU shader may read", async () => {
    const pool = imageModel([["MaxPool", { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }]], { dims: ["N", 16, 8, 8] });
    const { lowered } = await differences(pool, [maxPoolWithoutIndices]);
    const joins = lowered.graph!.node.filter(({ opType }) => opType === "Concat").map(({ input }) => input.length);
    expect(Math.max(...joins)).toBeLessThanOrEqual(7);
    expect(joins.length).toBeGreaterThan(2);
  });
});
