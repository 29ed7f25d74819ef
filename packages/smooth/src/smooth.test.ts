import { VERSION as CORE_VERSION, float32 } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import type { ExplainOptions, Explainer, FloatTensor, Tensor } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { affine, analyticModel, elementwise, quadratic, randomLayers, relu } from "@xdeep/test-models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { smooth } from "./smooth.ts";
import { VERSION } from "./version.ts";

const x3 = [{ name: "x", dims: [3] }];
const layers = randomLayers([3, 10, 4]);
const model = analyticModel({ inputs: x3, layers });
const explainer = new Backprop(model);
const x = float32([1, 3], [1, -2, 0.5]);
const rows = float32([3, 3], [1, -2, 0.5, 10, 0, -10, 0.1, 0.2, 0.3]);
const point = fc.uniqueArray(fc.float({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 });
const cube = analyticModel({
  inputs: [{ name: "x", dims: [2] }],
  layers: [
    elementwise(
      (v) => v ** 3,
      (v) => 3 * v * v,
    ),
    affine([[1, 1]]),
  ],
});

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-6): void {
  expect(got).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(got[i]! - expected[i]!), `element ${i}: ${got[i]} against ${expected[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(expected[i]!)),
    );
}

/** The gradients at x + noise one by one: the definition, written slowly. */
async function gradientsAt(noise: FloatTensor, sample: FloatTensor, options: ExplainOptions): Promise<readonly Float32Array[]> {
  const size = sample.data.length;
  return Promise.all(
    Array.from({ length: noise.dims[0]! }, async (_, k) => {
      const noisy = sample.data.map((value, i) => value + noise.data[k * size + i]!);
      return (await explainer.explain(float32(sample.dims, noisy), options)).values.data;
    }),
  );
}

describe("smooth, by definition", () => {
  const noise = float32([6, 3], Float32Array.from(createNoise(9).next(18)));

  it("is the mean, the mean square and the variance of the gradients at x + noise", async () => {
    const target = 2;
    const gradients = await gradientsAt(noise, x, { target });
    const over = (f: (value: number, i: number) => number): number[] =>
      [0, 1, 2].map((i) => gradients.reduce((sum, gradient) => sum + f(gradient[i]!, i), 0) / 6);
    const mean = over((value) => value);
    const attribution = async (aggregate: "mean" | "meanSquare" | "variance"): Promise<Float32Array> =>
      (await smooth(explainer, { noise, aggregate }).explain(x, { target })).values.data;
    expectClose(await attribution("mean"), mean);
    expectClose(
      await attribution("meanSquare"),
      over((value) => value * value),
    );
    expectClose(
      await attribution("variance"),
      over((value, i) => (value - mean[i]!) ** 2),
    );
  });

  it("has a variance that does not cancel: gradients of 10⁴ that differ by 10⁻²", async () => {
    const steep = analyticModel({
      inputs: [{ name: "x", dims: [1] }],
      layers: [
        elementwise(
          (v) => 1e4 * v + v * v,
          (v) => 1e4 + 2 * v,
        ),
      ],
    });
    const { values } = await smooth(new Backprop(steep), { noise: float32([2, 1], [-0.25, 0.25]), aggregate: "variance" }).explain(float32([1, 1], [0]));
    expectClose(values.data, [0.25], 1e-3);
  });

  it("adds noise of standard deviation noiseLevel · (max − min) and of the mean that was asked for", async () => {
    // The gradient of Σ x³ is 3 x², whose mean under noise is 3 ((x + mean)² + std²).
    const n = 20_000;
    const { values } = await smooth(new Backprop(cube), { n, noiseLevel: 0.25, mean: 0.5 }).explain(float32([1, 2], [1, -1]));
    const expected = [1, -1].map((value) => 3 * ((value + 0.5) ** 2 + (0.25 * 2) ** 2));
    expectClose(values.data, expected, 0.03);
  });

  it("takes xdeep's sigmaMultiplier and an absolute std", async () => {
    const sample = float32([1, 2], [2, -2]);
    const level = (await smooth(new Backprop(cube), { noiseLevel: 0.5 }).explain(sample)).values;
    expectClose((await smooth(new Backprop(cube), { std: 2 }).explain(sample)).values.data, level.data);
    expectClose((await smooth(new Backprop(cube), { sigmaMultiplier: 4 * Math.SQRT2 }).explain(sample)).values.data, level.data);
  });

  it("fixes the target at x, although noise changes the argmax", async () => {
    const two = analyticModel({ inputs: [{ name: "x", dims: [1] }], layers: [affine([[1], [-1]])] });
    const attribution = await smooth(new Backprop(two), { std: 5 }).explain(float32([1, 1], [0.5]));
    expect(attribution).toMatchObject({ values: float32([1, 1], [1]), target: [0], scores: Float32Array.of(0.5) });
  });
});

describe("smooth, laws", () => {
  it("without noise is the explainer inside", async () => {
    await fc.assert(
      fc.asyncProperty(point, async (values) => {
        const sample = float32([1, 3], values);
        const plain = await explainer.explain(sample);
        for (const options of [{ std: 0 }, { noiseLevel: 0 }, { sigmaMultiplier: 0 }]) {
          expectClose((await smooth(explainer, { ...options, n: 5 }).explain(sample)).values.data, plain.values.data);
        }
      }),
      { seed: 3, numRuns: 20 },
    );
  });

  it("equal seeds give equal bits, whatever the chunks; other seeds other numbers", async () => {
    const run = async (seed: number | undefined, preferredBatch: number): Promise<Float32Array> =>
      (
        await smooth(new Backprop(analyticModel({ inputs: x3, layers, capabilities: { preferredBatch } })), { seed, n: 10, aggregate: "variance" }).explain(
          rows,
        )
      ).values.data;
    expect(await run(5, 3)).toEqual(await run(5, 10));
    expect(await run(undefined, 3)).toEqual(await run(0, 3));
    expect(await run(5, 3)).not.toEqual(await run(6, 3));
  });

  it("gives fixed numbers for a fixed seed", async () => {
    const { values } = await smooth(new Backprop(cube), { n: 2, std: 1, seed: 0 }).explain(float32([1, 2], [0, 0]));
    const [a, b, c, d] = createNoise(0).next(4) as unknown as [number, number, number, number];
    expectClose(values.data, [(3 * (a * a + c * c)) / 2, (3 * (b * b + d * d)) / 2]);
  });

  it("row n of a batch is row n alone", async () => {
    const whole = await smooth(explainer, { n: 9, seed: 2 }).explain(rows);
    for (let n = 0; n < 3; n++) {
      const alone = await smooth(explainer, { n: 9, seed: 2 }).explain(float32([1, 3], rows.data.slice(3 * n, 3 * n + 3)));
      expect(whole.target[n]).toBe(alone.target[0]);
      expect(whole.values.data.slice(3 * n, 3 * n + 3)).toEqual(alone.values.data);
    }
  });

  it("combines rows by the weights of an outer method", async () => {
    const weights = Float32Array.of(1, -0.5, 2);
    for (const aggregate of ["mean", "variance"] as const) {
      const whole = await smooth(explainer, { n: 9, aggregate }).explain(rows, { target: 0 });
      const combined = await smooth(explainer, { n: 9, aggregate }).explain(rows, { target: 0, weights });
      expect(combined.values.dims).toEqual([1, 3]);
      expectClose(
        combined.values.data,
        [0, 1, 2].map((i) => weights.reduce((sum, weight, n) => sum + weight * whole.values.data[3 * n + i]!, 0)),
      );
    }
  });
});

describe("smooth, nested", () => {
  const noise = float32([3, 3], Float32Array.from(createNoise(1).next(9)));

  it("over integrated gradients is the mean of those", async () => {
    const inner = integrated(explainer, { n: 6 });
    const nested = await smooth(inner, { noise }).explain(x, { target: 1 });
    const each = await Promise.all(
      [0, 1, 2].map((k) =>
        inner.explain(
          float32(
            [1, 3],
            x.data.map((value, i) => value + noise.data[3 * k + i]!),
          ),
          { target: 1 },
        ),
      ),
    );
    expectClose(
      nested.values.data,
      [0, 1, 2].map((i) => each.reduce((sum, { values }) => sum + values.data[i]! / 3, 0)),
    );
    expect(nested.provenance.method).toMatchObject({ name: "smooth", of: { name: "integrated", parameters: { n: 6 }, of: { name: "vanilla" } } });
    expect(Object.keys(nested.provenance.versions).toSorted()).toEqual(["@xdeep/core", "@xdeep/guided", "@xdeep/integrated", "@xdeep/smooth"]);
  });

  it("inside integrated gradients agrees with them both ways round for a quadratic model", async () => {
    const q = new Backprop(
      analyticModel({
        inputs: x3,
        layers: [
          quadratic([
            [1, 2, 0],
            [0, -1, 3],
            [1, 1, 2],
          ]),
        ],
      }),
    );
    const balanced = float32([2, 3], [0.3, -0.1, 0.2, -0.3, 0.1, -0.2]);
    const plain = await integrated(q).explain(x);
    expectClose((await integrated(smooth(q, { noise: balanced })).explain(x)).values.data, plain.values.data, 1e-5);
  });

  it("draws other noise at each depth, although the seeds are equal", async () => {
    // The gradient of x³, 3 x², shows the noise that was added: one outer and one inner draw.
    const base = new Backprop(cube);
    const zero = float32([1, 2], [0, 0]);
    const [outer, inner, third] = [0, 1, 2].map((depth) => createNoise(3, 0, depth).next(2));
    const nested = await smooth(smooth(base, { n: 1, std: 1, seed: 3 }), { n: 1, std: 1, seed: 3 }).explain(zero);
    expectClose(
      nested.values.data,
      [0, 1].map((i) => 3 * (outer![i]! + inner![i]!) ** 2),
    );
    const deepest = await smooth(integrated(smooth(base, { n: 1, std: 1, seed: 3 }), { n: 1, multiplyByInputs: false }), { n: 1, std: 1, seed: 3 }).explain(
      zero,
    );
    expectClose(
      deepest.values.data,
      [0, 1].map((i) => 3 * (outer![i]! / 2 + third![i]!) ** 2),
    );
  });

  it("runs the network forward at x alone: methods inside know the target, and nobody reads their scores", async () => {
    const forwards = async (nested: (base: Backprop) => Explainer, target: number | null = null): Promise<number> => {
      const counted = analyticModel({ inputs: x3, layers });
      await nested(new Backprop(counted)).explain(x, { target });
      return counted.calls.filter(({ kind }) => kind === "forward").length;
    };
    expect(await forwards((base) => smooth(integrated(base, { n: 5 }), { n: 8, std: 1 }))).toBe(1);
    expect(await forwards((base) => smooth(smooth(base, { n: 5, std: 1 }), { n: 8, std: 1 }), 2)).toBe(1);
    // Integrated gradients need the scores at both ends of their own path, for its delta.
    expect(await forwards((base) => integrated(smooth(integrated(base, { n: 3 }), { n: 4, std: 1 }), { n: 5 }))).toBe(2);
  });

  it("is the same with and without the scores inside", async () => {
    const inner = integrated(explainer, { n: 6 });
    const blind: Explainer = { ...inner, explain: (input, options) => inner.explain(input, { ...options, origin: undefined } as never) };
    const [seen, unseen] = await Promise.all([blind, inner].map((each) => smooth(each, { n: 5, std: 1 }).explain(x)));
    expect(unseen!.values).toEqual(seen!.values);
    expect(unseen!.scores).toEqual(seen!.scores);
    const origin = { rows: [0], of: 1, depth: 1 };
    const alone = await inner.explain(x, { target: 1, origin, weights: Float32Array.of(1) });
    expect(alone.scores).toHaveLength(0);
    expect(alone).not.toHaveProperty("convergenceDelta");
    expect(await inner.explain(x, { target: 1, weights: Float32Array.of(1) })).toHaveProperty("convergenceDelta");
  });

  it("keeps to the backend's batch however deep", async () => {
    const small = analyticModel({ inputs: x3, layers, capabilities: { preferredBatch: 3, maxBatch: 3 } });
    await smooth(integrated(smooth(new Backprop(small), { n: 4, std: 1 }), { n: 5 }), { n: 4, aggregate: "variance" }).explain(rows);
    expect(Math.max(...small.calls.map((call) => call.rows))).toBe(3);
  });
});

describe("smooth, several inputs and inner values", () => {
  const inputs = [
    { name: "a", dims: [1] },
    { name: "k", dims: [1], type: "int32" as const },
    { name: "b", dims: [1] },
  ];
  const two = analyticModel({
    inputs,
    layers: [
      elementwise(
        (v) => v ** 3,
        (v) => 3 * v * v,
      ),
      affine([[1, 1, 1]]),
    ],
  });
  const feeds: Record<string, Tensor> = { a: float32([1, 1], [0]), k: { type: "int32", dims: [1, 1], data: Int32Array.of(2) }, b: float32([1, 1], [0]) };

  it("adds noise of its own to each float input, never to integers", async () => {
    const seen: Readonly<Record<string, Tensor>>[] = [];
    const base = new Backprop(two);
    const spy: Explainer = {
      model: two,
      method: base.method,
      explain: (input, options) => (seen.push(input as Readonly<Record<string, Tensor>>), base.explain(input, options)),
    };
    const { values } = await smooth(spy, { n: 1, std: 1, seed: 4 }).explain(feeds);
    expect(Object.keys(values)).toEqual(["a", "b"]);
    expect(seen[0]!["k"]).toEqual(feeds["k"]);
    expectClose(seen[0]!["a"]!.data as Float32Array, createNoise(4, 0).next(1));
    expectClose(seen[0]!["b"]!.data as Float32Array, createNoise(4, 2).next(1));
  });

  it("adds noise only to the inputs that are attributed to", async () => {
    const { values } = await smooth(new Backprop(two), { noise: { b: float32([2, 1], [1, 3]) } }).explain(feeds, { wrt: ["b"] });
    expect(values).toEqual({ b: float32([1, 1], [15]) });
  });

  it("takes noise by name", async () => {
    const noise = { a: float32([2, 1], [1, 1]), b: float32([2, 1], [2, 2]) };
    expect((await smooth(new Backprop(two), { noise }).explain(feeds)).values).toEqual({ a: float32([1, 1], [3]), b: float32([1, 1], [12]) });
    await expect(smooth(new Backprop(two), { noise: noise.a }).explain(feeds)).rejects.toThrow(/"a", "b"/);
    await expect(smooth(new Backprop(two), { noise: { ...noise, k: noise.a } }).explain(feeds)).rejects.toEqual(
      expect.objectContaining({ code: "NOISE_INVALID" }),
    );
  });

  it("attributes to an inner value under noise at the input", async () => {
    const deep = analyticModel({
      inputs: [{ name: "x", dims: [1] }],
      layers: [
        affine([[2]]),
        elementwise(
          (v) => v ** 2,
          (v) => 2 * v,
        ),
      ],
    });
    const { values } = await smooth(new Backprop(deep), { noise: float32([2, 1], [1, 2]) }).explain(float32([1, 1], [0]), { wrt: ["layer0"] });
    expect(values).toEqual({ layer0: float32([1, 1], [6]) });
  });

  it("has nothing to add noise to where no input is a float", async () => {
    const ids = analyticModel({ inputs: [{ name: "k", dims: [1], type: "int32" }], layers: [affine([[1]])] });
    await expect(smooth(new Backprop(ids)).explain(feeds["k"]!)).rejects.toEqual(expect.objectContaining({ code: "WRT_UNKNOWN" }));
  });
});

describe("smooth, running", () => {
  it("splits draws as the backend prefers, and has means summed on the device", async () => {
    const base = new Backprop(analyticModel({ inputs: x3, layers, capabilities: { preferredBatch: 4, maxBatch: 4 } }));
    const asked: ExplainOptions[] = [];
    const spy: Explainer = { model: base.model, method: base.method, explain: (input, options) => (asked.push(options!), base.explain(input, options)) };
    await smooth(spy, { n: 6 }).explain(x);
    expect(asked.map(({ weights }) => weights?.length)).toEqual([4, 2]);
    await smooth(spy, { n: 6, aggregate: "meanSquare" }).explain(x);
    expect(asked.slice(2).map(({ weights }) => weights)).toEqual([undefined, undefined]);
  });

  it("reports progress, stops with the signal's reason, and leaves the model usable", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const progress: string[] = [];
    const onProgress: ExplainOptions["onProgress"] = ({ done, total }) => {
      progress.push(`${done}/${total}`);
      if (done === 3) controller.abort(reason);
    };
    await expect(smooth(explainer, { n: 8 }).explain(rows, { signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(progress).toEqual(["1/6", "2/6", "3/6"]);
    await expect(smooth(explainer).explain(x, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect((await smooth(explainer).explain(x)).values.dims).toEqual([1, 3]);
  });

  it("leaves its input and the noise as they were", async () => {
    const sample = float32([1, 3], [1, 2, 3]);
    const noise = float32([2, 3], [1, 2, 3, 4, 5, 6]);
    await smooth(explainer, { noise }).explain(sample);
    expect([sample, noise]).toEqual([float32([1, 3], [1, 2, 3]), float32([2, 3], [1, 2, 3, 4, 5, 6])]);
  });

  it("says where a result comes from, the seed included", async () => {
    const rectified = new Backprop(analyticModel({ inputs: x3, layers: [affine([[1, 1, 1]]), relu()] }), { guided: true });
    const { provenance } = await smooth(rectified, { n: 4 }).explain(x);
    expect(provenance.method).toEqual({
      name: "smooth",
      parameters: { n: 4, aggregate: "mean", mean: 0, noiseLevel: 0.15, seed: 0 },
      of: { name: "guided", parameters: {} },
    });
    expect(provenance).toMatchObject({ rule: "guided", rectifiers: 1 });
    expect(provenance.versions).toMatchObject({ "@xdeep/core": CORE_VERSION, "@xdeep/smooth": VERSION });
    const given = await smooth(rectified, { noise: float32([2, 3]) }).explain(x);
    expect(given.provenance.method.parameters).toEqual({ n: 2, aggregate: "mean", noise: { type: "float32", dims: [2, 3] } });
  });
});

describe("smooth refuses", () => {
  it.each([
    { n: 0 },
    { n: 1.5 },
    { mean: NaN },
    { noiseLevel: -1 },
    { std: Infinity },
    { sigmaMultiplier: NaN },
    { noiseLevel: 0.1, std: 1 },
    { seed: -1 },
    { seed: 1.5 },
    { aggregate: "median" },
    { noise: float32([2, 3]), seed: 1 },
    { noise: float32([2, 3]), noiseLevel: 0.1 },
    { samples: 5 },
  ])("%j", (options) => {
    expect(() => smooth(explainer, options as never)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });

  it.each([
    { n: 3, noise: float32([2, 3]) },
    { noise: float32([0, 3]) },
    { noise: float32([]) },
    { noise: {} },
    { noise: { a: float32([1, 3]), b: float32([2, 3]) } },
  ])("noise it cannot count: %j", (options) => {
    expect(() => smooth(explainer, options)).toThrow(expect.objectContaining({ code: "NOISE_INVALID" }));
  });

  it.each<[string, Tensor]>([
    ["other dims", float32([2, 4])],
    ["NaN", float32([1, 3], [0, NaN, 0])],
    ["integers", { type: "int32", dims: [1, 3], data: new Int32Array(3) }],
    ["too little data", { type: "float32", dims: [2, 3], data: new Float32Array(5) }],
  ])("noise of %s", async (_, noise) => {
    await expect(smooth(explainer, { noise }).explain(x)).rejects.toEqual(expect.objectContaining({ code: "NOISE_INVALID" }));
  });

  it("noise relative to the range of a constant sample, naming the row; an absolute std is taken", async () => {
    const constant = float32([2, 3], [1, 2, 3, 0.5, 0.5, 0.5]);
    const invalid = expect.objectContaining({ code: "NOISE_INVALID", message: expect.stringMatching(/Row 1 of input "x" is constant \(0\.5\)/) });
    const calls = model.calls.length;
    await expect(smooth(explainer).explain(constant)).rejects.toEqual(invalid);
    await expect(smooth(explainer, { sigmaMultiplier: 4 }).explain(constant)).rejects.toEqual(invalid);
    expect(model.calls).toHaveLength(calls);
    await expect(smooth(explainer, { std: 0.1 }).explain(constant)).resolves.toBeDefined();
  });

  it("a range so small that xdeep's formula overflows", async () => {
    await expect(smooth(explainer, { sigmaMultiplier: 4 }).explain(float32([1, 3], [0, 0, 1e-30]))).rejects.toEqual(
      expect.objectContaining({ code: "NOISE_INVALID" }),
    );
  });

  it("a model in place of an explainer, and targets that do not exist", async () => {
    expect(() => smooth(model as never)).toThrow(TypeError);
    await expect(smooth(explainer).explain(x, { target: 4 })).rejects.toEqual(expect.objectContaining({ code: "TARGET_OUT_OF_RANGE" }));
    await expect(smooth(explainer).explain(x, { wrt: ["z"] })).rejects.toEqual(expect.objectContaining({ code: "WRT_UNKNOWN" }));
  });
});

describe("smooth around integrated", () => {
  it("gives every draw the baseline of its own row, whatever the size of chunks", async () => {
    const square = (preferredBatch: number): Explainer =>
      new Backprop(
        analyticModel({
          inputs: [{ name: "x", dims: [2] }],
          layers: [
            elementwise(
              (v) => v * v,
              (v) => 2 * v,
            ),
            affine([[1, 1]]),
          ],
          capabilities: { preferredBatch },
        }),
      );
    const sample = float32([2, 2], [1, 2, 3, -5]);
    const baseline = float32([2, 2], [0, 1, 2, 3]);
    for (const size of [1, 2, 3, 7]) {
      const { values } = await smooth(integrated(square(size), { baseline, n: 2 }), { n: 4, std: 0 }).explain(sample);
      // x² − x′², exactly: the gradient is linear along the path.
      expectClose(values.data, [1, 3, 5, 16]);
      const twice = await integrated(integrated(square(size), { baseline, n: 2 }), { n: 1, quadrature: "right", multiplyByInputs: false }).explain(sample);
      expectClose(twice.values.data, [1, 3, 5, 16]);
    }
  });
});
