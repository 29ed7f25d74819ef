import { float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { analyticModel, randomLayers } from "@xdeep/test-models";
import { describe, expect, it } from "vitest";

import { generateSmoothGrad } from "./generate-smooth-grad.ts";
import { smooth } from "./smooth.ts";

const explainer = new Backprop(analyticModel({ inputs: [{ name: "x", dims: [2, 3] }], layers: randomLayers([6, 8, 3]) }));
const x = float32(
  [2, 2, 3],
  Array.from({ length: 12 }, (_, i) => 4 * Math.cos(i)),
);
const one = float32([1, 2, 3], x.data.slice(0, 6));

describe("generateSmoothGrad", () => {
  it("is smooth() with xdeep's formula and 50 draws, without the batch axis of one sample", async () => {
    const std = (4 / (Math.max(...one.data) - Math.min(...one.data))) ** 2;
    const { values } = await smooth(explainer, { n: 50, std }).explain(one);
    const result = await generateSmoothGrad(explainer, one);
    expect(result.dims).toEqual([2, 3]);
    result.data.forEach((value, i) => expect(value).toBeCloseTo(values.data[i]!, 6));
  });

  it("lets noiseLevel, std and noise override sigmaMultiplier", async () => {
    for (const options of [{ noiseLevel: 0.2, n: 5 }, { std: 0.3, n: 5 }, { noise: float32([2, 2, 3], [1, 2, 3, 4, 5, 6, 6, 5, 4, 3, 2, 1]) }]) {
      const { values } = await smooth(explainer, options).explain(x, { target: [0, 2] });
      expect(await generateSmoothGrad(explainer, x, { ...options, sigmaMultiplier: 9, targetClass: [0, 2] })).toEqual(values);
    }
  });

  it("passes mean, seed and aggregate on", async () => {
    const options = { n: 5, mean: 0.5, seed: 3, aggregate: "variance", sigmaMultiplier: 2 } as const;
    expect(await generateSmoothGrad(explainer, x, options)).toEqual((await smooth(explainer, options).explain(x)).values);
  });

  it("refuses options that it does not have, and constant samples", async () => {
    await expect(generateSmoothGrad(explainer, x, { sigma_multiplier: 1 } as never)).rejects.toThrow(/"sigmaMultiplier"/);
    await expect(generateSmoothGrad(explainer, float32([1, 2, 3]))).rejects.toEqual(expect.objectContaining({ code: "NOISE_INVALID" }));
  });
});
