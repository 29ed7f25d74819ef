import { float32 } from "@xdeep/core";
import type { Tensor } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { affine, analyticModel, randomLayers } from "@xdeep/test-models";
import { describe, expect, it } from "vitest";

import { generateIntegratedGrad } from "./generate-integrated-grad.ts";
import { integrated } from "./integrated.ts";

const explainer = new Backprop(analyticModel({ inputs: [{ name: "x", dims: [2, 3] }], layers: randomLayers([6, 8, 3]) }));
const x = float32(
  [2, 2, 3],
  Array.from({ length: 12 }, (_, i) => Math.cos(i)),
);

describe("generateIntegratedGrad", () => {
  it("is integrated() with 25 steps, without the batch axis of one sample", async () => {
    const one = float32([1, 2, 3], x.data.slice(0, 6));
    const { values } = await integrated(explainer, { n: 25 }).explain(one);
    expect(await generateIntegratedGrad(explainer, one)).toEqual(float32([2, 3], values.data));
  });

  it("keeps the batch axis of several samples, and takes a target for each", async () => {
    const { values } = await integrated(explainer, { n: 4, quadrature: "right", multiplyByInputs: false, baseline: 1 }).explain(x, { target: [0, 2] });
    expect(await generateIntegratedGrad(explainer, x, { targetClass: [0, 2], n: 4, quadrature: "right", multiplyByInputs: false, baseline: 1 })).toEqual(
      values,
    );
  });

  it("mirrors records", async () => {
    const two = new Backprop(
      analyticModel({
        inputs: [
          { name: "a", dims: [1] },
          { name: "b", dims: [1] },
        ],
        layers: [affine([[2, 3]])],
      }),
    );
    const feeds: Record<string, Tensor> = { a: float32([1, 1], [1]), b: float32([1, 1], [2]) };
    expect(await generateIntegratedGrad(two, feeds)).toEqual({ a: float32([1], [2]), b: float32([1], [6]) });
  });

  it("refuses options that it does not have", async () => {
    await expect(generateIntegratedGrad(explainer, x, { target: 1 } as never)).rejects.toThrow(/"targetClass"/);
  });
});
