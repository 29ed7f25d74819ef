import { type Attribution, type Explainer, type FloatTensor, type Model, type Tensor, float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { smooth } from "@xdeep/smooth";
import { afterAll, describe, expect, it } from "vitest";

import {
  attentionRollout,
  conductance,
  gradCam,
  gradCamPlusPlus,
  gradientAttention,
  guidedGradCam,
  hiResCam,
  internalInfluence,
  layerCam,
  layerGradientXActivation,
  layerIntegrated,
} from "@xdeep/layers";
import { FLAT_BIAS, LINEAR, branched, flattened, image, pooled, rooted, tokens, transformer } from "./networks.ts";

const [pool, flat, attention] = await Promise.all([pooled(), flattened(), transformer()]);
afterAll(() => Promise.all([pool, flat, attention].map((model) => model.dispose())));

const x = image(3);
const valuesOf = async (model: Model, name: string, input: Tensor): Promise<FloatTensor> =>
  (await model.forward({ feeds: { [model.inputs[0]!.name]: input }, outputs: [name] })).outputs[name] as FloatTensor;
/** A sample as three rows. */
const whole = ({ dims, data }: FloatTensor): FloatTensor =>
  dims.length === 4 ? { type: "float32", dims, data } : float32([3, ...dims], [...data, ...data, ...data]);
const sumOfRow = ({ dims, data }: FloatTensor, n: number): number => {
  const size = data.length / dims[0]!;
  return data.subarray(n * size, (n + 1) * size).reduce((sum, value) => sum + value, 0);
};

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  const scale = Math.max(1e-6, ...Array.from(expected, Math.abs));
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(actual[i]! - expected[i]!) / scale, `element ${i}: ${actual[i]} against ${expected[i]}`).toBeLessThan(tolerance);
}

/** The class activation map of a network that ends in a mean over positions and a linear layer: Σₖ wₖ hₖ / positions. */
function activationMap(h: FloatTensor, targets: readonly number[], of: (weight: number) => number = (weight) => weight): Float64Array {
  return Float64Array.from({ length: targets.length * 36 }, (_, i) => {
    const [n, p] = [Math.floor(i / 36), i % 36];
    return [0, 1, 2, 3].reduce((sum, k) => sum + (of(LINEAR[k * 3 + targets[n]!]!) * h.data[(n * 4 + k) * 36 + p]!) / 36, 0);
  });
}

describe("a network that ends in a mean over positions", () => {
  it("chooses the last convolution's result by itself", async () => {
    expect((await pool.layers!()).map(({ name, channelAxis }) => [name, channelAxis])).toEqual([
      ["z", 1],
      ["h", 1],
    ]);
    expect((await gradCam(pool).explain(x)).layer).toBe("h");
  });

  it.each([
    ["channels", 1, ["z", "h", "joined"]],
    ["positions", 2, ["z", "h"]],
  ])("chooses where the %s of several branches are put together, if they are channels", async (_, axis, expected) => {
    await using model = await branched(axis);
    expect((await model.layers!()).map(({ name }) => name)).toEqual(expected);
    expect((await gradCam(model).explain(x)).layer).toBe(expected.at(-1));
  });

  it("has its class activation map as Grad-CAM and as HiResCAM", async () => {
    const h = await valuesOf(pool, "h", x);
    const targets = [2, 0, 1];
    const expected = activationMap(h, targets);
    expectClose((await hiResCam(pool).explain(x, { target: targets })).values.data, expected);
    expectClose((await gradCam(pool, { relu: false }).explain(x, { target: targets })).values.data, expected);
    const { values } = await gradCam(pool).explain(x, { target: targets });
    expect(values.dims).toEqual([3, 1, 6, 6]);
    expectClose(
      values.data,
      expected.map((value) => Math.max(0, value)),
    );
  });

  it("has LayerCAM as the map of the channels that speak for the class", async () => {
    const h = await valuesOf(pool, "h", x);
    expectClose(
      (await layerCam(pool).explain(x, { target: 1 })).values.data,
      activationMap(h, [1, 1, 1], (weight) => Math.max(0, weight)),
    );
  });

  it("has Grad-CAM++ by the paper's formula, before it is cancelled", async () => {
    const h = await valuesOf(pool, "h", x);
    const { values } = await gradCamPlusPlus(pool).explain(x, { target: 0 });
    const expected = activationMap(h, [0, 0, 0], () => 0).map((_, i) => {
      const [n, p] = [Math.floor(i / 36), i % 36];
      const sum = [0, 1, 2, 3].reduce((total, k) => {
        const g = LINEAR[k * 3]! / 36;
        const channel = h.data.subarray((n * 4 + k) * 36, (n * 4 + k + 1) * 36);
        const activations = channel.reduce((a, b) => a + b, 0);
        const alpha = 36 * (g ** 2 / (2 * g ** 2 + g ** 3 * activations)) * Math.max(0, g);
        return total + alpha * channel[p]!;
      }, 0);
      return Math.max(0, sum);
    });
    expectClose(values.data, expected, 1e-4);
  });

  it("gives maps at the input's size: bilinear, the same sum rules as the small one where sizes agree", async () => {
    const small = await gradCam(pool).explain(x, { target: 1 });
    const large = await gradCam(pool, { size: "input" }).explain(x, { target: 1 });
    expect(large.values).toEqual(small.values);
  });
});

describe("a network that ends in a flatten and a linear layer", () => {
  it("has a HiResCAM whose sum is F − bias", async () => {
    const { values, scores, target } = await hiResCam(flat).explain(x);
    for (const n of [0, 1, 2]) expect(sumOfRow(values, n)).toBeCloseTo(scores[n]! - FLAT_BIAS[target[n] as number]!, 3);
  });
});

describe("attribution to a layer", () => {
  it("gradient × activation is the product of what the network gives", async () => {
    const { outputs, gradients } = await flat.vjp({ feeds: { image: x }, target: 1, wrt: ["h"], outputs: ["h"] });
    const expected = (outputs["h"]!.data as Float32Array).map((value, i) => value * gradients["h"]!.data[i]!);
    expectClose((await layerGradientXActivation(flat).explain(x, { target: 1 })).values.data, expected);
  });

  it("conductance at any layer sums to F(x) − F(x′), better than Captum's left ends", async () => {
    for (const layer of ["z", "h"]) {
      const { convergenceDelta, scores } = await conductance(flat, { layer, n: 200, baseline: 0.1 }).explain(x);
      for (const n of [0, 1, 2]) expect(Math.abs(convergenceDelta![n]!) / Math.abs(scores[n]!)).toBeLessThan(2e-2);
    }
    const error = async (left: boolean): Promise<number> =>
      Math.max(...(await conductance(flat, { n: 20, left, layer: "z" }).explain(x)).convergenceDelta!.map(Math.abs));
    expect(await error(false)).toBeLessThan(await error(true));
  });

  it("integrated gradients of a layer that is linear in the score are exact", async () => {
    const { convergenceDelta } = await layerIntegrated(flat, { n: 3, layer: "h" }).explain(x);
    for (const delta of convergenceDelta!) expect(Math.abs(delta)).toBeLessThan(1e-4);
  });

  it("integrated gradients of a layer are those of @xdeep/integrated with h(x′) as baseline", async () => {
    const start = await valuesOf(flat, "z", float32([3, 2, 6, 6]));
    const expected = await integrated(new Backprop(flat), { n: 7, baseline: start }).explain({ image: x }, { wrt: ["z"], target: 0 });
    const actual = await layerIntegrated(flat, { n: 7, layer: "z" }).explain({ image: x }, { target: 0 });
    expectClose(actual.values["z"]!.data, expected.values["z"]!.data);
  });

  it("integrated gradients of a layer start from what it makes of a baseline by the input's name, for each row its own, and meet a tolerance", async () => {
    const black = image(3).data.map((value, i) => (i % 5) * value);
    for (const baseline of [0.1, float32([3, 2, 6, 6], black), float32([2, 6, 6], black.slice(72, 144))]) {
      const start = await valuesOf(flat, "z", typeof baseline === "number" ? float32([3, 2, 6, 6], Array(216).fill(baseline)) : whole(baseline));
      const explain = (from: Tensor | Readonly<Record<string, number | Tensor>>): Promise<Attribution<Record<string, Tensor>>> =>
        integrated(new Backprop(flat), { relativeTolerance: 0.05, baseline: from }).explain({ image: x }, { wrt: ["z"], target: 0 });
      const [expected, actual] = [await explain({ z: start }), await explain({ image: baseline })];
      expectClose(actual.values["z"]!.data, expected.values["z"]!.data);
      expect(actual.provenance.method.parameters).toMatchObject({ converged: [true, true, true] });
      // Inside SmoothGrad rows are those of the outermost input.
      const alone = smooth(integrated(new Backprop(flat), { n: 3, baseline: { image: baseline } }), { n: 1, std: 0 });
      const direct = integrated(new Backprop(flat), { n: 3, baseline: { z: start } });
      const call = { wrt: ["z"], target: 0 } as const;
      expectClose((await alone.explain({ image: x }, call)).values["z"]!.data, (await direct.explain({ image: x }, call)).values["z"]!.data);
    }
    const wrong = integrated(new Backprop(flat), { baseline: { image: float32([5]) } }).explain({ image: x }, { wrt: ["z"] });
    await expect(wrong).rejects.toMatchObject({ code: "BASELINE_INVALID", message: expect.stringContaining('"image"') as string });
  });

  it("internal influence is the mean gradient along the path", async () => {
    const { values } = await internalInfluence(pool, { n: 5 }).explain(x, { target: 2 });
    // Behind the layer everything is linear: the gradient is the same all along.
    expectClose(
      values.data,
      Float64Array.from({ length: 3 * 4 * 36 }, (_, i) => LINEAR[(Math.floor(i / 36) % 4) * 3 + 2]! / 36),
    );
  });

  it("guided Grad-CAM is the guided gradient where Grad-CAM looks", async () => {
    const guided = await new Backprop(pool, { guided: true }).explain(x, { target: 1 });
    const cam = await gradCam(pool).explain(x, { target: 1 });
    const { values, layer } = await guidedGradCam(pool).explain(x, { target: 1 });
    expect(layer).toBe("h");
    expectClose(
      values.data,
      guided.values.data.map((value, i) => value * cam.values.data[Math.floor(i / 72) * 36 + (i % 36)]!),
    );
  });
});

describe("attention", () => {
  it("is found, with its heads", async () => {
    expect((await attention.attention!()).map(({ name, headsAxis }) => [name, headsAxis])).toEqual([
      ["a0", 1],
      ["a1", 1],
    ]);
  });

  it("rolls out as the product of averaged layers, read at the token that is scored", async () => {
    const input = tokens(2);
    const { values } = await attentionRollout(attention).explain(input);
    const { outputs } = await attention.forward({ feeds: { tokens: input }, outputs: ["a0", "a1"] });
    const mean = (name: string, n: number, i: number, j: number): number => {
      const { data } = outputs[name] as FloatTensor;
      return ((data[n * 50 + i * 5 + j]! + data[n * 50 + 25 + i * 5 + j]!) / 2 + Number(i === j)) / 2;
    };
    const expected = [0, 1].flatMap((n) => [0, 1, 2, 3, 4].map((j) => [0, 1, 2, 3, 4].reduce((sum, k) => sum + mean("a1", n, 0, k) * mean("a0", n, k, j), 0)));
    expect(values.dims).toEqual([2, 5]);
    expectClose(values.data, expected);
  });

  it("times its gradient accumulates by R ← R + Ā R", async () => {
    const input = tokens(1);
    const { values, target } = await gradientAttention(attention).explain(input);
    const { outputs, gradients } = await attention.vjp({ feeds: { tokens: input }, target, wrt: ["a0", "a1"], outputs: ["a0", "a1"] });
    const positive = (name: string, i: number, j: number): number =>
      [0, 1].reduce((sum, head) => {
        const at = head * 25 + i * 5 + j;
        return sum + Math.max(0, (outputs[name] as FloatTensor).data[at]! * gradients[name]!.data[at]!) / 2;
      }, 0);
    const grid = (entry: (i: number, j: number) => number): number[][] => [0, 1, 2, 3, 4].map((i) => [0, 1, 2, 3, 4].map((j) => entry(i, j)));
    let relevance = grid((i, j) => Number(i === j));
    for (const name of ["a0", "a1"])
      relevance = grid((i, j) => relevance[i]![j]! + [0, 1, 2, 3, 4].reduce((sum, k) => sum + positive(name, i, k) * relevance[k]![j]!, 0));
    expectClose(values.data, relevance[0]!);
  });
});

describe("every method of the package", () => {
  const methods: readonly (readonly [string, (model: Model) => Explainer, Model, Tensor])[] = [
    ["gradCam", gradCam, pool, x],
    ["gradCamPlusPlus", gradCamPlusPlus, flat, x],
    ["hiResCam", hiResCam, flat, x],
    ["layerCam", layerCam, flat, x],
    ["layerGradientXActivation", layerGradientXActivation, flat, x],
    ["guidedGradCam", guidedGradCam, pool, x],
    ["conductance", (model) => conductance(model, { n: 4 }), flat, x],
    ["internalInfluence", (model) => internalInfluence(model, { n: 4 }), flat, x],
    ["layerIntegrated", (model) => layerIntegrated(model, { n: 4 }), flat, x],
    ["attentionRollout", attentionRollout, attention, tokens(3)],
    ["gradientAttention", gradientAttention, attention, tokens(3)],
  ];

  it.each(methods)("%s explains row n of a batch as row n alone, sums with weights, and mirrors records", async (_, method, model, input) => {
    const explainer = method(model);
    const name = model.inputs[0]!.name;
    const whole: Attribution = await explainer.explain(input);
    const size = input.data.length / 3;
    for (const n of [0, 1, 2]) {
      const alone = await explainer.explain(float32([1, ...input.dims.slice(1)], (input.data as Float32Array).slice(n * size, (n + 1) * size)));
      expect(alone.target[0]).toEqual(whole.target[n]);
      expectClose(alone.values.data, whole.values.data.subarray((n * whole.values.data.length) / 3, ((n + 1) * whole.values.data.length) / 3), 1e-4);
    }
    const weights = Float32Array.of(1, -2, 0.5);
    const summed = await explainer.explain(input, { weights, target: whole.target });
    const row = whole.values.data.length / 3;
    expect(summed.values.dims[0]).toBe(1);
    expectClose(
      summed.values.data,
      Float64Array.from({ length: row }, (__, i) => weights.reduce((sum, weight, n) => sum + weight * whole.values.data[n * row + i]!, 0)),
      1e-4,
    );
    const record = (await explainer.explain({ [name]: input } as Record<string, Tensor>)).values;
    expect(Object.values(record)).toHaveLength(1);
    expect(whole.provenance.versions["@xdeep/layers"]).toBeDefined();
  });

  it.each(methods)("%s refuses options, layers and rows that there are not, and stops when aborted", async (_, method, model, input) => {
    await expect(method(model).explain(input, { targt: 1 } as never)).rejects.toMatchObject({ code: "OPTION_INVALID" });
    const target = Array.from({ length: input.dims[0]! + 1 }, () => 0);
    await expect(method(model).explain(input, { target })).rejects.toMatchObject({ code: "TARGET_INVALID" });
    await expect(method(model).explain(input, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
  });

  it.each([
    ["conductance", conductance],
    ["internalInfluence", internalInfluence],
    ["layerIntegrated", layerIntegrated],
  ])("%s says which method takes the options of paths that it does not", (name, method) => {
    for (const option of ["quadrature", "tolerance", "relativeTolerance", "maxSteps", "multiplyByInputs"]) {
      const refusal = { code: "OPTION_INVALID", message: expect.stringMatching(`^${name} takes .*no \`${option}\`: .*\`integrated\``) as string };
      expect(() => method(pool, { [option]: 1 } as never)).toThrow(expect.objectContaining(refusal));
    }
  });

  it("names the layers that there are where one is unknown", async () => {
    await expect(gradCam(pool, { layer: "conv9" }).explain(x)).rejects.toMatchObject({ code: "WRT_UNKNOWN", message: expect.stringContaining('"h"') });
    expect(() => gradCam(pool, { layr: "h" } as never)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    await expect(attentionRollout(pool).explain(x)).rejects.toMatchObject({ code: "MODEL_UNSUPPORTED" });
  });
});

describe("a layer where the gradient is infinite", () => {
  it("is refused by maps and by paths as it is at the input", async () => {
    await using model = await rooted();
    const methods = [gradCam(model, { layer: "h" }), internalInfluence(model, { layer: "h", n: 2 }), layerGradientXActivation(model, { layer: "h" })];
    for (const method of methods) await expect(method.explain(x)).rejects.toMatchObject({ code: "RESULT_NOT_FINITE" });
  });
});
