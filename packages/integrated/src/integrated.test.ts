import { VERSION as CORE_VERSION, float32 } from "@xdeep/core";
import type { Attribution, ExplainOptions, Explainer, Tensor } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { Backprop } from "@xdeep/guided";
import { affine, analyticModel, elementwise, quadratic, randomLayers, relu, softmax } from "@xdeep/test-models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { integrated } from "./integrated.ts";
import { QUADRATURES } from "./fixed/quadrature.ts";
import type { IntegratedOptions } from "./settings.ts";
import { VERSION } from "./version.ts";

const x3 = [{ name: "x", dims: [3] }];
const smoothLayers = randomLayers([3, 10, 4]);
const point = fc.array(fc.float({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 });

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-6): void {
  expect(got).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(got[i]! - expected[i]!), `element ${i}: ${got[i]} against ${expected[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(expected[i]!)),
    );
}

describe("integrated, closed forms", () => {
  it.each(QUADRATURES)("is w ⊙ (x − x′) for a linear model under %s", async (quadrature) => {
    const model = analyticModel({ inputs: x3, layers: [affine([[1, -2, 4]], [5])] });
    const { values, convergenceDelta } = await integrated(new Backprop(model), { quadrature, n: 3, baseline: 1 }).explain(float32([1, 3], [2, 3, -1]));
    expectClose(values.data, [1, -4, -8]);
    expectClose(convergenceDelta!, [0]);
  });

  it.each(["midpoint", "trapezoid", "gausslegendre"] as const)("is exact for a quadratic model under %s", async (quadrature) => {
    const matrix = [
      [1, 2, 0],
      [0, -1, 3],
      [1, 1, 2],
    ];
    const x = [1, 2, -1];
    const model = analyticModel({ inputs: x3, layers: [quadratic(matrix)] });
    const { values, convergenceDelta } = await integrated(new Backprop(model), { quadrature, n: 2 }).explain(float32([1, 3], x));
    // With a zero baseline: xᵢ Σⱼ (Qᵢⱼ + Qⱼᵢ) xⱼ / 2.
    expectClose(
      values.data,
      x.map((xi, i) => (xi * x.reduce((sum, xj, j) => sum + (matrix[i]![j]! + matrix[j]![i]!) * xj, 0)) / 2),
    );
    expectClose(convergenceDelta!, [0]);
  });

  it("is exact for a polynomial of degree 10 with five Gauss–Legendre points, and midpoint is not", async () => {
    const model = analyticModel({
      inputs: [{ name: "x", dims: [1] }],
      layers: [
        elementwise(
          (x) => x ** 10,
          (x) => 10 * x ** 9,
        ),
      ],
    });
    const x = float32([1, 1], [1.25]);
    const gauss = await integrated(new Backprop(model), { quadrature: "gausslegendre", n: 5 }).explain(x);
    expectClose(gauss.values.data, [1.25 ** 10], 1e-6);
    const midpoint = await integrated(new Backprop(model), { n: 5 }).explain(x);
    expect(Math.abs(midpoint.convergenceDelta![0]!)).toBeGreaterThan(0.05);
    expectClose(midpoint.convergenceDelta!, [midpoint.values.data[0]! - 1.25 ** 10], 1e-5);
  });

  it("gives the paper's f = 1 − ReLU(1 − x) at x = 2 its 1, where the gradient is 0", async () => {
    const model = analyticModel({ inputs: [{ name: "x", dims: [1] }], layers: [affine([[-1]], [1]), relu(), affine([[-1]], [1])] });
    const x = float32([1, 1], [2]);
    expect((await new Backprop(model).explain(x)).values.data[0]).toBe(0);
    expectClose((await integrated(new Backprop(model), { n: 50 }).explain(x)).values.data, [1]);
  });

  it("weighs kinked paths as the definition says: right has x, left has the baseline", async () => {
    const model = analyticModel({
      inputs: [{ name: "x", dims: [1] }],
      layers: [
        elementwise(
          (x) => x ** 2,
          (x) => 2 * x,
        ),
      ],
    });
    const mean = async (quadrature: "left" | "right"): Promise<number> =>
      (await integrated(new Backprop(model), { quadrature, n: 4, multiplyByInputs: false }).explain(float32([1, 1], [1]))).values.data[0]!;
    expect(await mean("right")).toBeCloseTo((2 * (0.25 + 0.5 + 0.75 + 1)) / 4, 6);
    expect(await mean("left")).toBeCloseTo((2 * (0 + 0.25 + 0.5 + 0.75)) / 4, 6);
  });

  it("fixes the target at the input, although the argmax changes on the path", async () => {
    const model = analyticModel({ inputs: [{ name: "x", dims: [1] }], layers: [affine([[1], [0]], [0, 1])] });
    const attribution = await integrated(new Backprop(model)).explain(float32([1, 1], [3]));
    expect(attribution).toMatchObject({ target: [0], scores: Float32Array.of(3), output: "y" });
    expectClose(attribution.values.data, [3]);
  });
});

describe("integrated, laws", () => {
  const model = analyticModel({ inputs: x3, layers: smoothLayers });
  const explainer = integrated(new Backprop(model), { quadrature: "gausslegendre", n: 20 });

  it("is complete: Σ A = F(x) − F(x′)", async () => {
    await fc.assert(
      fc.asyncProperty(point, point, fc.integer({ min: 0, max: 3 }), async (x, start, target) => {
        const attribution = await integrated(new Backprop(model), { quadrature: "gausslegendre", n: 20, baseline: float32([3], start) }).explain(
          float32([1, 3], x),
          { target },
        );
        const before = await model.forward({ feeds: { x: float32([1, 3], start) }, target });
        const gain = attribution.scores[0]! - before.scores[0]!;
        expectClose([attribution.values.data.reduce((sum, value) => sum + value, 0)], [gain], 1e-5);
        expectClose(attribution.convergenceDelta!, [0], 1e-5);
      }),
      { seed: 11, numRuns: 40 },
    );
  });

  it("is linear in the model", async () => {
    const f = analyticModel({ inputs: x3, layers: [...smoothLayers, affine([[1, 0, 0, 0]])] });
    const g = analyticModel({ inputs: x3, layers: [...smoothLayers, affine([[0, 1, 0, 0]])] });
    const both = analyticModel({ inputs: x3, layers: [...smoothLayers, affine([[2, -3, 0, 0]])] });
    await fc.assert(
      fc.asyncProperty(point, async (values) => {
        const [a, b, sum] = await Promise.all([f, g, both].map((each) => integrated(new Backprop(each)).explain(float32([1, 3], values))));
        expectClose(
          sum!.values.data,
          a!.values.data.map((value, i) => 2 * value - 3 * b!.values.data[i]!),
          1e-5,
        );
      }),
      { seed: 12, numRuns: 30 },
    );
  });

  it("gives 0 to an input that the model does not use, and to one that is at its baseline", async () => {
    const partial = analyticModel({
      inputs: x3,
      layers: [
        affine([
          [1, 0, 0],
          [0, 0, 2],
        ]),
        ...randomLayers([2, 5, 1]),
      ],
    });
    const { values } = await integrated(new Backprop(partial)).explain(float32([1, 3], [1, 2, 0]));
    expect(values.data[1]).toBe(0);
    expect(values.data[2]).toBe(0);
    expect(values.data[0]).not.toBe(0);
  });

  it("row n of a batch is row n alone, whatever the chunks", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(point, { minLength: 2, maxLength: 5 }), fc.integer({ min: 1, max: 9 }), async (rows, preferredBatch) => {
        const chunked = integrated(new Backprop(analyticModel({ inputs: x3, layers: smoothLayers, capabilities: { preferredBatch } })), {
          quadrature: "gausslegendre",
          n: 20,
        });
        const batch = await chunked.explain(float32([rows.length, 3], rows.flat()));
        for (const [n, row] of rows.entries()) {
          const alone = await explainer.explain(float32([1, 3], row));
          expect(batch.target[n]).toBe(alone.target[0]);
          expectClose(batch.values.data.subarray(3 * n, 3 * n + 3), alone.values.data, 1e-6);
        }
      }),
      { seed: 13, numRuns: 20 },
    );
  });

  it("combines rows by the weights of an outer method", async () => {
    const rows = float32([3, 3], [1, 2, 3, -1, 0.5, 2, 0, -2, 1]);
    const whole = await explainer.explain(rows, { target: 1 });
    const weights = Float32Array.of(0.5, -1, 2);
    const combined = await explainer.explain(rows, { target: 1, weights });
    expect(combined.values.dims).toEqual([1, 3]);
    expectClose(
      combined.values.data,
      [0, 1, 2].map((i) => weights.reduce((sum, weight, n) => sum + weight * whole.values.data[3 * n + i]!, 0)),
      1e-6,
    );
    expect(combined.convergenceDelta).toEqual(whole.convergenceDelta);
  });

  it("leaves its input as it was", async () => {
    const x = float32([1, 3], [1, 2, 3]);
    await explainer.explain(x);
    expect(x).toEqual(float32([1, 3], [1, 2, 3]));
  });
});

describe("integrated, baselines", () => {
  const model = analyticModel({ inputs: x3, layers: smoothLayers });
  const rows = float32([2, 3], [1, 2, 3, -1, 0.5, 2]);
  const values = async (baseline: NonNullable<Parameters<typeof integrated>[1]>["baseline"]): Promise<Float32Array> =>
    (await integrated(new Backprop(model), { baseline }).explain(rows, { target: 2 })).values.data;

  it("takes numbers, tensors of a sample or of all rows, and records, to one effect", async () => {
    const expected = await values(0.5);
    expectClose(await values(float32([3], [0.5, 0.5, 0.5])), expected);
    expectClose(await values(float32([1, 3], [0.5, 0.5, 0.5])), expected);
    expectClose(await values(float32([2, 3], new Float32Array(6).fill(0.5))), expected);
    expectClose(await values({ x: 0.5 }), expected);
    expectClose(await values({ x: { type: "float64", dims: [3], data: Float64Array.of(0.5, 0.5, 0.5) } }), expected);
  });

  it("gives each row its own baseline", async () => {
    const both = await values(float32([2, 3], [0, 0, 0, 1, 1, 1]));
    expectClose(both.subarray(0, 3), (await values(0)).subarray(0, 3));
    expectClose(both.subarray(3), (await values(1)).subarray(3));
  });

  it("averages several, and stays complete", async () => {
    const [a, b, mean] = [await values(-1), await values(float32([3], [0, 1, 2])), await values([-1, float32([3], [0, 1, 2])])];
    expectClose(
      mean,
      a.map((value, i) => (value + b[i]!) / 2),
      1e-6,
    );
    const { convergenceDelta } = await integrated(new Backprop(model), { baseline: [-1, 0, 1], n: 200 }).explain(rows);
    expectClose(convergenceDelta!, [0, 0], 1e-4);
  });

  it.each<[string, NonNullable<Parameters<typeof integrated>[1]>["baseline"]]>([
    ["NaN", NaN],
    ["an empty list", []],
    ["dims of something else", float32([2])],
    ["NaN inside", float32([3], [0, NaN, 0])],
    ["too little data", { type: "float32", dims: [3], data: new Float32Array(2) }],
    ["integers", { type: "int32", dims: [3], data: new Int32Array(3) }],
    ["an unknown name", { y: 0 }],
    ["a missing name", {}],
    ["a string", "black" as never],
  ])("refuses %s", async (_, baseline) => {
    await expect(values(baseline)).rejects.toEqual(expect.objectContaining({ code: "BASELINE_INVALID" }));
  });
});

describe("integrated, several inputs and inner values", () => {
  const inputs = [
    { name: "a", dims: [2] },
    { name: "k", dims: [1], type: "int32" as const },
    { name: "b", dims: [1], type: "float64" as const },
  ];
  const feeds: Record<string, Tensor> = {
    a: float32([1, 2], [1, 2]),
    k: { type: "int32", dims: [1, 1], data: Int32Array.of(3) },
    b: { type: "float64", dims: [1, 1], data: Float64Array.of(-1) },
  };
  /** F = a₀ a₁ + k b + b². */
  const model = analyticModel({
    inputs,
    layers: [
      quadratic([
        [0, 1, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 0, 1],
      ]),
    ],
  });

  it("moves all float inputs together and leaves integers", async () => {
    const { values, convergenceDelta } = await integrated(new Backprop(model)).explain(feeds);
    expect(Object.keys(values)).toEqual(["a", "b"]);
    expectClose(values["a"]!.data, [1, 1]);
    expectClose(values["b"]!.data, [-3 + 1]);
    expectClose(convergenceDelta!, [0]);
  });

  it("moves only the inputs that are named", async () => {
    const { values, convergenceDelta } = await integrated(new Backprop(model), { baseline: { b: 1 } }).explain(feeds, { wrt: ["b"] });
    expect(Object.keys(values)).toEqual(["b"]);
    expectClose(values["b"]!.data, [-6]);
    expectClose(convergenceDelta!, [0]);
  });

  it("needs baselines by name for several inputs", async () => {
    await expect(integrated(new Backprop(model), { baseline: float32([2]) }).explain(feeds)).rejects.toThrow(/"a", "b"/);
  });

  it("runs the path in an inner value, and is complete there", async () => {
    const layered = analyticModel({ inputs: x3, layers: smoothLayers });
    const x = float32([2, 3], [1, 2, 3, -1, 0.5, 2]);
    const { values, convergenceDelta, scores } = await integrated(new Backprop(layered), { n: 8, quadrature: "gausslegendre" }).explain(x, {
      wrt: ["layer1"],
      target: [0, 1],
    });
    expect(values).toMatchObject({ layer1: { dims: [2, 10] } });
    expectClose(convergenceDelta!, [0, 0], 1e-5);
    const hidden = await layered.forward({ feeds: { x }, outputs: ["layer1"] });
    const affineOnly = await new Backprop(layered).explain(x, { wrt: ["layer1"], target: [0, 1] });
    const gradient = (affineOnly.values as unknown as { layer1: { data: Float32Array } }).layer1.data;
    // After layer 1 the network is affine: A = h ⊙ gradient.
    expectClose(
      (values as unknown as { layer1: { data: Float32Array } }).layer1.data,
      Float32Array.from(hidden.outputs["layer1"]!.data as Float32Array, (h, i) => h * gradient[i]!),
      1e-5,
    );
    expect(scores).toEqual((await layered.forward({ feeds: { x }, target: [0, 1] })).scores);
  });

  it.each([
    ["CAPABILITY_MISSING", { innerValues: false }, ["layer0"]],
    ["WRT_UNKNOWN", {}, ["layer9"]],
    ["WRT_UNKNOWN", {}, ["k"]],
    ["OPTION_INVALID", {}, ["a", "layer0"]],
  ])("refuses with %s", async (code, capabilities, wrt) => {
    const other = analyticModel({ inputs, layers: [affine([[1, 1, 1, 1]])], capabilities });
    await expect(integrated(new Backprop(other)).explain(feeds, { wrt })).rejects.toEqual(expect.objectContaining({ code }));
  });

  it("takes half floats", async () => {
    const half = analyticModel({ inputs: [{ name: "x", dims: [2], type: "float16" }], layers: [affine([[2, 3]])] });
    const { values } = await integrated(new Backprop(half), { baseline: 1 }).explain({ type: "float16", dims: [1, 2], data: Uint16Array.of(0x4000, 0xbc00) });
    expectClose(values.data, [2, -6]);
  });
});

describe("integrated, tolerance", () => {
  const model = analyticModel({ inputs: x3, layers: randomLayers([3, 12, 1], "relu", 4) });
  const x = float32([2, 3], [2, -3, 1, 0.1, 0, 0]);
  const found = ({ provenance }: Pick<Attribution, "provenance">): { steps: number[]; converged: boolean[]; expectedError: number[] } =>
    provenance.method.parameters as { steps: number[]; converged: boolean[]; expectedError: number[] };

  it("takes points per row until the delta is small enough, and leaves out no gradient", async () => {
    const before = model.calls.length;
    const attribution = await integrated(new Backprop(model), { tolerance: 1e-3 }).explain(x);
    const { steps, converged } = found(attribution);
    expect(converged).toEqual([true, true]);
    for (const delta of attribution.convergenceDelta!) expect(Math.abs(delta)).toBeLessThanOrEqual(1e-3);
    const evaluated = model.calls
      .slice(before)
      .filter(({ kind }) => kind === "vjp")
      .reduce((sum, { rows }) => sum + rows, 0);
    expect(evaluated).toBe(steps[0]! + steps[1]!);
    const direct = await integrated(new Backprop(model), { n: 2000 }).explain(x);
    expectClose(attribution.values.data, direct.values.data, 1e-2);
  });

  it("is 1 % of F(x) − F(x′) where nothing is asked", async () => {
    const attribution = await integrated(new Backprop(model)).explain(x);
    const { convergenceDelta, scores, provenance } = attribution;
    const { scores: start } = await model.forward({ feeds: { x: float32([1, 3]) }, target: 0 });
    convergenceDelta!.forEach((delta, row) => expect(Math.abs(delta)).toBeLessThanOrEqual(0.01 * Math.abs(scores[row]! - start[0]!)));
    expect(provenance.method.parameters).toMatchObject({ relativeTolerance: 0.01, maxSteps: 200, converged: [true, true] });
    expect(provenance.method.parameters).not.toHaveProperty("tolerance");
  });

  it("counts the larger of two tolerances", async () => {
    const stepsOf = async (options: IntegratedOptions): Promise<readonly number[]> => found(await integrated(new Backprop(model), options).explain(x)).steps;
    expect(await stepsOf({ tolerance: 1e-3, relativeTolerance: 1e-9 })).toEqual(await stepsOf({ tolerance: 1e-3 }));
    expect(await stepsOf({ tolerance: 1e-9, relativeTolerance: 0.001 })).toEqual(await stepsOf({ relativeTolerance: 0.001 }));
  });

  it("takes at most half the points of midpoints for the same delta on a smooth network", async () => {
    const smoothModel = new Backprop(analyticModel({ inputs: x3, layers: randomLayers([3, 10, 10, 1], "softplus", 2) }));
    for (const values of [
      [2, -3, 1],
      [1, 2, -2],
      [-3, 1, 4],
    ]) {
      const sample = float32([1, 3], values);
      const attribution = await integrated(smoothModel, { relativeTolerance: 1e-4 }).explain(sample);
      const [steps] = found(attribution).steps;
      const midpoint = await integrated(smoothModel, { n: 2 * steps! }).explain(sample);
      expect(Math.abs(attribution.convergenceDelta![0]!)).toBeLessThan(Math.abs(midpoint.convergenceDelta![0]!));
    }
  });

  it("finds a kink near the baseline with a tenth of the midpoints that would", async () => {
    // F′ is 30 from 0 to 0.02 and 1 from there on.
    const kinked = new Backprop(analyticModel({ inputs: [{ name: "x", dims: [1] }], layers: [affine([[1], [-1]], [0, 0.02]), relu(), affine([[1, -29]])] }));
    const one = float32([1, 1], [1]);
    const attribution = await integrated(kinked, { relativeTolerance: 0.001 }).explain(one);
    const [steps] = found(attribution).steps;
    expect(found(attribution).converged).toEqual([true]);
    const midpoint = await integrated(kinked, { n: 10 * steps! }).explain(one);
    expect(Math.abs(midpoint.convergenceDelta![0]!)).toBeGreaterThan(Math.abs(attribution.convergenceDelta![0]!));
  });

  it("does not take a small delta on trust while the attributions still move", async () => {
    // Two inputs whose slopes change against each other: every rule has a delta of 0.
    const opposed = analyticModel({
      inputs: [{ name: "x", dims: [2] }],
      layers: [
        affine(
          [
            [1, 0],
            [0, 1],
          ],
          [-0.4, -0.4],
        ),
        relu(),
        affine([[1, -1]]),
      ],
    });
    const attribution = await integrated(new Backprop(opposed)).explain(float32([1, 2], [1, 1]));
    expectClose(attribution.values.data, [0.6, -0.6], 0.05);
    expect(found(attribution).steps[0]).toBeGreaterThan(7);
  });

  it("closes the delta of restless gradients, which midpoints cannot, and knows how far the attributions are off", async () => {
    const layers = randomLayers([12, 60, 60, 1], "relu", 15);
    const restless = new Backprop(analyticModel({ inputs: [{ name: "x", dims: [12] }], layers, capabilities: { preferredBatch: 16 } }));
    const sample = float32(
      [1, 12],
      Float32Array.from({ length: 12 }, (_, i) => 3 * Math.sin(15 * 12.9898 + i * 78.233)),
    );
    const attribution = await integrated(restless).explain(sample);
    const [steps, expectedError] = [found(attribution).steps[0]!, found(attribution).expectedError[0]!];
    expect(found(attribution).converged).toEqual([true]);
    expect(expectedError).toBeLessThan(0.06);
    const midpoint = await integrated(restless, { n: steps }).explain(sample);
    expect(Math.abs(midpoint.convergenceDelta![0]!)).toBeGreaterThan(10 * Math.abs(attribution.convergenceDelta![0]!));
    const known = (await integrated(restless, { n: 500 }).explain(sample)).values.data;
    const error = Math.hypot(...known.map((value, i) => value - attribution.values.data[i]!)) / Math.hypot(...known);
    expect(error).toBeLessThan(1.5 * expectedError);
    expect(error).toBeGreaterThan(expectedError / 1.5);
  });

  it("takes no four points more where fewer should settle the attributions", async () => {
    const stepsOf = async (seed: number): Promise<number> => {
      const model = analyticModel({ inputs: [{ name: "x", dims: [8] }], layers: randomLayers([8, 32, 2], "relu", seed) });
      const attribution = await integrated(new Backprop(model)).explain(float32([1, 8], Float32Array.from(createNoise(seed).next(8))), { target: 0 });
      expect(found(attribution).converged).toEqual([true]);
      return found(attribution).steps[0]!;
    };
    // 23, 19 and 15 where four are added whatever is missing.
    expect([await stepsOf(2), await stepsOf(7), await stepsOf(58)]).toEqual([17, 9, 13]);
  });

  it("expects what the scores miss where gradients see nothing of it", async () => {
    // F′ is 1.8 up to 0.01, and 1 from there on.
    const kinked = analyticModel({ inputs: [{ name: "x", dims: [1] }], layers: [affine([[1], [-1]], [0, 0.01]), relu(), affine([[1, -0.8]])] });
    const attribution = await integrated(new Backprop(kinked)).explain(float32([1, 1], [1]));
    expect(attribution.convergenceDelta![0]).toBeCloseTo(-0.008, 6);
    expect(found(attribution)).toMatchObject({ steps: [5], converged: [true], expectedError: [expect.closeTo(0.008 / 1.008, 6)] });
  });

  it("says so when it was not reached, and gives up where points do not help", async () => {
    const bounded = await integrated(new Backprop(model), { tolerance: 1e-9, maxSteps: 40 }).explain(x);
    expect(bounded.provenance.method.parameters).toMatchObject({ tolerance: 1e-9, maxSteps: 40, converged: [false, false] });
    for (const steps of found(bounded).steps) expect(steps).toBeLessThanOrEqual(40);
    const guided = await integrated(new Backprop(model, { guided: true }), { tolerance: 1e-9, maxSteps: 5000 }).explain(x);
    expect(found(guided).converged).toEqual([false, false]);
    for (const steps of found(guided).steps) expect(steps).toBeLessThan(100);
  });

  it("stops where the score jumps, which no gradient knows of, and says so", async () => {
    const jumping = analyticModel({
      inputs: [{ name: "x", dims: [1] }],
      layers: [
        elementwise(
          (value) => value ** 2 + (value > 0.3 ? 0.5 : 0) - (value > 0.8 ? 0.2 : 0),
          (value) => 2 * value,
        ),
      ],
    });
    const attribution = await integrated(new Backprop(jumping)).explain(float32([1, 1], [1]));
    expectClose(attribution.values.data, [1], 1e-3);
    expect(found(attribution).converged).toEqual([false]);
    expect(found(attribution).steps[0]).toBeLessThanOrEqual(19);
    expect(attribution.provenance.notes).toEqual([
      expect.stringMatching(
        /^The attributions add up to 1\.000, but the score changes by 1\.300 along the path\. More steps do not change that: the score jumps/,
      ),
    ]);
  });

  it("finds a steep start that looks like a jump, as normalisations have next to a constant baseline", async () => {
    const normalising = analyticModel({
      inputs: [{ name: "x", dims: [1] }],
      layers: [
        elementwise(
          (value) => value / Math.sqrt(value ** 2 + 1e-5),
          (value) => 1e-5 / (value ** 2 + 1e-5) ** 1.5,
        ),
      ],
    });
    const attribution = await integrated(new Backprop(normalising)).explain(float32([1, 1], [1]));
    expect(found(attribution)).toMatchObject({ converged: [true] });
    expectClose(attribution.values.data, [1], 0.01);
  });

  it("takes 25 points over explainers whose results need not add up", async () => {
    const { provenance } = await integrated(new Backprop(model, { guided: true })).explain(x);
    expect(provenance.method.parameters).toMatchObject({ n: 25, quadrature: "midpoint" });
  });

  it("meets it for the mean over baselines", async () => {
    const baseline = [0, 1, float32([3], [0, -1, 2])];
    const attribution = await integrated(new Backprop(model), { tolerance: 1e-3, baseline }).explain(x, { target: 0 });
    expect(found(attribution).converged).toEqual([true, true]);
    const direct = await integrated(new Backprop(model), { n: 2000, baseline }).explain(x, { target: 0 });
    expectClose(attribution.values.data, direct.values.data, 1e-2);
    const bare = await integrated(new Backprop(model), { tolerance: 1e-3, baseline, multiplyByInputs: false }).explain(x, { target: 0 });
    const directly = await integrated(new Backprop(model), { n: 2000, baseline, multiplyByInputs: false }).explain(x, { target: 0 });
    expectClose(bare.values.data, directly.values.data, 3e-2);
    expect(bare).not.toHaveProperty("convergenceDelta");
  });

  it("needs no point more where the score does not change", async () => {
    const even = analyticModel({
      inputs: x3,
      layers: [
        quadratic([
          [1, 0, 0],
          [0, -1, 0],
          [0, 0, 0],
        ]),
      ],
    });
    const attribution = await integrated(new Backprop(even)).explain(float32([1, 3], [2, 2, 5]));
    expectClose(attribution.values.data, [4, -4, 0]);
    expect(found(attribution)).toEqual(expect.objectContaining({ steps: [5], converged: [true], expectedError: [expect.closeTo(0, 6)] }));
  });

  it("places the rest at once where large inputs leave no room for their gradients", async () => {
    const size = 271_000;
    const wide = Array.from({ length: size }, (_, i) => Math.sin(i) / 100);
    const large = analyticModel({ inputs: [{ name: "x", dims: [size] }], layers: [affine([wide], [-400]), relu()] });
    const sample = float32(
      [1, size],
      Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
    );
    const attribution = await integrated(new Backprop(large), { relativeTolerance: 1e-5, maxSteps: 36 }).explain(sample);
    const { steps } = found(attribution);
    expect(steps[0]).toBeGreaterThan(31);
    expect(steps[0]).toBeLessThanOrEqual(36);
    expect(large.calls.filter(({ kind }) => kind === "vjp").reduce((sum, { rows }) => sum + rows, 0)).toBe(steps[0]);
    const total = attribution.values.data.reduce((sum, value) => sum + value, 0);
    const { scores: start } = await large.forward({ feeds: { x: float32([1, size]) }, target: 0 });
    const difference = attribution.scores[0]! - start[0]!;
    expectClose([total - difference], attribution.convergenceDelta!, Math.abs(difference) * 1e-5);
    expect(Math.abs(attribution.convergenceDelta![0]! / difference)).toBeLessThan(1e-2);
  });

  it("is the same whatever the chunks, and for a row alone", async () => {
    const whole = await integrated(new Backprop(model), { tolerance: 1e-3 }).explain(x);
    for (const preferredBatch of [1, 3, 7]) {
      const chunked = new Backprop(analyticModel({ inputs: x3, layers: randomLayers([3, 12, 1], "relu", 4), capabilities: { preferredBatch } }));
      expect((await integrated(chunked, { tolerance: 1e-3 }).explain(x)).values.data).toEqual(whole.values.data);
      const alone = await integrated(chunked, { tolerance: 1e-3 }).explain(float32([1, 3], x.data.slice(3)));
      expect(alone.values.data).toEqual(whole.values.data.slice(3));
      expect(found(alone).steps).toEqual([found(whole).steps[1]]);
    }
  });

  it("raises the total of its progress, and ends where it said", async () => {
    const seen: (readonly [number, number])[] = [];
    const attribution = await integrated(new Backprop(model), { tolerance: 1e-3 }).explain(x, {
      onProgress: ({ done, total }) => void seen.push([done, total]),
    });
    expect(seen.map(([done]) => done)).toEqual(seen.map((_, k) => k + 1));
    seen.forEach(([done, total], k) => {
      expect(total).toBeGreaterThanOrEqual(done);
      expect(total).toBeGreaterThanOrEqual(seen[k - 1]?.[1] ?? 2);
    });
    expect(seen.at(-1)![0]).toBe(seen.at(-1)![1]);
    // 5 points come first, then 2, and 4 at a time; a run holds 4.
    expect(seen).toHaveLength(found(attribution).steps.reduce((sum, steps) => sum + Math.floor((steps + 5) / 4), 0));
  });
});

describe("integrated, running", () => {
  it("never holds more points at once than the backend prefers", async () => {
    const model = analyticModel({ inputs: x3, layers: smoothLayers, capabilities: { preferredBatch: 7, maxBatch: 5 } });
    await integrated(new Backprop(model), { n: 50, baseline: [0, 1] }).explain(float32([2, 3]));
    expect(Math.max(...model.calls.map(({ rows }) => rows))).toBe(5);
    expect(model.calls.filter(({ kind }) => kind === "vjp")).toHaveLength(2 * 2 * 10);
  });

  it("asks the explainer inside for one summed row per chunk", async () => {
    const base = new Backprop(analyticModel({ inputs: x3, layers: smoothLayers }));
    const asked: ExplainOptions[] = [];
    const spy: Explainer = { model: base.model, method: base.method, explain: (input, options) => (asked.push(options!), base.explain(input, options)) };
    await integrated(spy, { n: 6 }).explain(float32([1, 3]), { target: 3, score: "probability" });
    expect(asked.map(({ weights }) => weights?.length)).toEqual([4, 2]);
    expect(asked.every(({ target, score }) => target === 3 && score === "probability")).toBe(true);
  });

  it("reports progress, stops with the signal's reason, and leaves the model usable", async () => {
    const model = analyticModel({ inputs: x3, layers: smoothLayers });
    const explainer = integrated(new Backprop(model), { n: 20 });
    const controller = new AbortController();
    const reason = new Error("closed the tab");
    const progress: string[] = [];
    const onProgress: ExplainOptions["onProgress"] = ({ done, total }) => {
      progress.push(`${done}/${total}`);
      if (done === 2) controller.abort(reason);
    };
    await expect(explainer.explain(float32([1, 3]), { signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(progress).toEqual(["1/5", "2/5"]);
    expect(model.calls.filter(({ kind }) => kind === "vjp")).toHaveLength(2);
    await expect(explainer.explain(float32([1, 3]), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect((await explainer.explain(float32([1, 3]))).values.dims).toEqual([1, 3]);
  });

  it("explains probabilities where asked", async () => {
    const model = analyticModel({ inputs: x3, layers: [...smoothLayers, softmax()] });
    const x = float32([1, 3], [1, 2, 3]);
    const { scores, convergenceDelta, provenance } = await integrated(new Backprop(model), { n: 100 }).explain(x, { score: "probability" });
    expect(scores[0]!).toBeLessThan(1);
    expect(provenance.score).toBe("probability");
    expectClose(convergenceDelta!, [0], 1e-4);
  });

  it("says where a result comes from", async () => {
    const model = analyticModel({ inputs: x3, layers: [affine([[1, 1, 1]]), relu()] });
    const { provenance } = await integrated(new Backprop(model, { guided: true }), { n: 5, baseline: [0, float32([3])] }).explain(float32([1, 3], [1, 1, 1]));
    expect(provenance.method).toEqual({
      name: "integrated",
      parameters: { n: 5, quadrature: "midpoint", multiplyByInputs: true, baseline: [0, { type: "float32", dims: [3] }] },
      of: { name: "guided", parameters: {} },
    });
    expect(provenance).toMatchObject({ rule: "guided", rectifiers: 1 });
    expect(provenance.versions).toMatchObject({ "@xdeep/core": CORE_VERSION, "@xdeep/integrated": VERSION });
  });

  it("gives no delta for bare mean gradients, for which it is not defined", async () => {
    const model = analyticModel({ inputs: x3, layers: [affine([[1, 2, 3]])] });
    const attribution = await integrated(new Backprop(model), { multiplyByInputs: false }).explain(float32([1, 3], [4, 5, 6]));
    expectClose(attribution.values.data, [1, 2, 3]);
    expect(attribution).not.toHaveProperty("convergenceDelta");
  });
});

describe("integrated refuses", () => {
  const explainer = new Backprop(analyticModel({ inputs: x3, layers: smoothLayers }));

  it.each([
    { n: 0 },
    { n: 2.5 },
    { n: 1e9 },
    { n: 1e5, quadrature: "gausslegendre" },
    { maxSteps: 1e9 },
    { n: 1, quadrature: "trapezoid" },
    { quadrature: "simpson" },
    { tolerance: 0 },
    { tolerance: NaN },
    { relativeTolerance: 0 },
    { relativeTolerance: Infinity },
    { maxSteps: 4 },
    { maxSteps: 10.5 },
    { n: 5, maxSteps: 10 },
    { tolerance: 1, quadrature: "right" },
    { tolerance: 1, n: 10 },
    { relativeTolerance: 0.1, n: 10 },
    { steps: 5 },
  ])("%j", (options) => {
    expect(() => integrated(explainer, options as never)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });

  it("a model in place of an explainer", () => {
    expect(() => integrated(explainer.model as never)).toThrow(/new Backprop\(model\)/);
  });

  it("targets, outputs and inputs that the model does not have", async () => {
    const code = (name: string): unknown => expect.objectContaining({ code: name });
    await expect(integrated(explainer).explain(float32([1, 3]), { target: 4 })).rejects.toEqual(code("TARGET_OUT_OF_RANGE"));
    await expect(integrated(explainer).explain(float32([2, 3]), { target: [1] })).rejects.toEqual(code("TARGET_INVALID"));
    await expect(integrated(explainer).explain(float32([1, 3]), { output: "z" })).rejects.toEqual(code("OUTPUT_UNKNOWN"));
    await expect(integrated(explainer).explain(float32([1, 4]))).rejects.toEqual(code("INPUT_SHAPE"));
    await expect(integrated(explainer).explain(float32([1, 3], [0, 0, Infinity]))).rejects.toEqual(code("INPUT_NOT_FINITE"));
  });
});
