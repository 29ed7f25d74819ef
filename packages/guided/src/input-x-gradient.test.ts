import { float32 } from "@xdeep/core";
import { affine, analyticModel, relu } from "@xdeep/test-models";
import { describe, expect, it } from "vitest";

import { Backprop } from "./backprop.ts";
import { inputXGradient } from "./input-x-gradient.ts";

const linear = analyticModel({ inputs: [{ name: "x", dims: [3] }], layers: [affine([[2, -1, 3]])] });
const x = float32([2, 3], [1, 2, 3, -1, 0, 4]);

describe("inputXGradient", () => {
  it("sums to F(x) − F(0) where the network is linear, row by row", async () => {
    const { values, scores } = await inputXGradient(new Backprop(linear)).explain(x);
    expect(values).toEqual(float32([2, 3], [2, -2, 9, -2, -0, 12]));
    expect([...scores]).toEqual([9, 10]);
  });

  it("multiplies whatever explainer is inside, sums with weights, and says so", async () => {
    const rectified = analyticModel({
      inputs: [{ name: "x", dims: [3] }],
      layers: [
        affine([
          [1, -1, 0],
          [0, 1, 1],
        ]),
        relu(),
        affine([[1, -1]]),
      ],
    });
    const guided = new Backprop(rectified, { guided: true });
    const inner = await guided.explain(x);
    const { values, provenance } = await inputXGradient(guided).explain(x);
    expect([...values.data]).toEqual([...inner.values.data].map((value, i) => value * x.data[i]!));
    expect(provenance).toMatchObject({ rule: "guided", method: { name: "input-x-gradient", of: { name: "guided" } } });
    const summed = await inputXGradient(guided).explain(x, { weights: Float32Array.of(2, -1) });
    expect([...summed.values.data]).toEqual([0, 1, 2].map((i) => 2 * values.data[i]! - values.data[3 + i]!));
  });

  it("refuses inner values that are not fed", async () => {
    await expect(inputXGradient(new Backprop(linear)).explain(x, { wrt: ["layer0"] })).rejects.toMatchObject({ code: "WRT_UNKNOWN" });
  });
});
