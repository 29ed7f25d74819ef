import { type Explainer, type Model, explainTargets, float32, fromJSON } from "@xdeep/core";
import { Backprop, inputXGradient } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { gradCam, guidedGradCam, layerGradientXActivation } from "@xdeep/layers";
import { smooth } from "@xdeep/smooth";
import { analyticModel, randomLayers } from "@xdeep/test-models";
import { afterAll, describe, expect, it } from "vitest";

import { image, pooled, tokens, transformer } from "./networks.ts";

const [model, other] = await Promise.all([pooled(), transformer()]);
afterAll(() => Promise.all([model.dispose(), other.dispose()]));

const draws = { n: 2, std: 0.1 } as const;

/** Methods around methods at a layer, with the dims of what they attribute to for one picture. */
const NESTED: readonly (readonly [string, (model: Model) => Explainer, readonly number[]])[] = [
  ["smooth over Grad-CAM", (each) => smooth(gradCam(each), draws), [1, 1, 6, 6]],
  ["smooth over smooth over a layer", (each) => smooth(smooth(layerGradientXActivation(each), draws), draws), [1, 4, 6, 6]],
  ["smooth over guided Grad-CAM", (each) => smooth(guidedGradCam(each), draws), [1, 2, 6, 6]],
  ["integrated over guided Grad-CAM", (each) => integrated(guidedGradCam(each), { n: 2 }), [1, 2, 6, 6]],
  ["input × guided Grad-CAM", (each) => inputXGradient(guidedGradCam(each)), [1, 2, 6, 6]],
  ["smooth over integrated over guided Grad-CAM", (each) => smooth(integrated(guidedGradCam(each), { n: 2 }), draws), [1, 2, 6, 6]],
];

describe("several targets at a layer", () => {
  it.each([
    ["Grad-CAM", (each: Model) => gradCam(each)],
    ["Grad-CAM as large as the input", (each: Model) => gradCam(each, { size: "input" })],
    ["a layer times its gradient", (each: Model) => layerGradientXActivation(each)],
    ["guided Grad-CAM", (each: Model) => guidedGradCam(each)],
  ])("have what each has alone: %s", async (_, method) => {
    const targets = [1, null, [0, 2]];
    for (const weights of [undefined, Float32Array.of(1, -2)]) {
      const found = await explainTargets(method(model), image(2), targets, { weights });
      for (const [k, target] of targets.entries()) expect(found[k]).toEqual(await method(model).explain(image(2), { target, weights }));
    }
  });

  it("take one run", async () => {
    const layered = analyticModel({ inputs: [{ name: "x", dims: [3] }], layers: randomLayers([3, 6, 4]), capabilities: { severalTargets: true } });
    const found = await explainTargets(gradCam(layered, { layer: "layer1" }), float32([1, 3], [1, -2, 0.5]), [0, 1, 2]);
    expect(found.map(({ target }) => target)).toEqual([[0], [1], [2]]);
    expect(layered.calls).toEqual([{ kind: "vjp", rows: 1 }]);
  });
});

describe("a method around a method at a layer", () => {
  it.each(NESTED)("names the layer: %s, for one target and for several, and in JSON", async (_, method, dims) => {
    const explainer = method(model);
    const found = await explainer.explain(image(1), { target: 1 });
    expect([found.layer, found.values.dims]).toEqual(["h", dims]);
    expect((await explainTargets(explainer, image(1), [0, 1])).map(({ layer }) => layer)).toEqual(["h", "h"]);
    const read = fromJSON(JSON.stringify(found));
    expect([read.layer, read.values]).toEqual(["h", found.values]);
  });

  it("names no layer where there is none", async () => {
    expect("layer" in (await smooth(new Backprop(model), draws).explain(image(1)))).toBe(false);
    expect("layer" in (await integrated(inputXGradient(new Backprop(model)), { n: 2 }).explain(image(1)))).toBe(false);
  });

  it("is refused where values of a layer would be taken for values of the input", async () => {
    const failure = (code: string, said: string): unknown => expect.objectContaining({ code, message: expect.stringContaining(said) });
    await expect(integrated(gradCam(model), { n: 2 }).explain(image(1))).rejects.toEqual(failure("OPTION_INVALID", 'grad-cam attributes to "h"'));
    await expect(inputXGradient(gradCam(model)).explain(image(1))).rejects.toEqual(failure("WRT_UNKNOWN", '"h"'));
    // A layer as large as the input would fit.
    await expect(inputXGradient(layerGradientXActivation(other, { layer: "x1" })).explain(tokens(1))).rejects.toEqual(failure("WRT_UNKNOWN", '"x1"'));
  });
});
