import { VERSION as CORE_VERSION, float32 } from "@xdeep/core";
import type { ExplainOptions, Explainer, Tensor } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { affine, analyticModel, elementwise, quadratic, randomLayers, relu, softmax } from "@xdeep/test-models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { integrated } from "./integrated.ts";
import { QUADRATURES } from "./quadrature.ts";
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

  it("adds steps per row until the delta is small enough, and evaluates no point twice", async () => {
    const before = model.calls.length;
    const attribution = await integrated(new Backprop(model), { tolerance: 1e-3, maxSteps: 5000 }).explain(x);
    const { steps, converged } = attribution.provenance.method.parameters as { steps: number[]; converged: boolean[] };
    expect(converged).toEqual([true, true]);
    for (const delta of attribution.convergenceDelta!) expect(Math.abs(delta)).toBeLessThanOrEqual(1e-3);
    const evaluated = model.calls
      .slice(before)
      .filter(({ kind }) => kind === "vjp")
      .reduce((sum, { rows }) => sum + rows, 0);
    expect(evaluated).toBe(steps[0]! + steps[1]!);
    const direct = await integrated(new Backprop(model), { n: steps[0]! }).explain(float32([1, 3], x.data.slice(0, 3)));
    expectClose(attribution.values.data.subarray(0, 3), direct.values.data, 1e-5);
  });

  it("says so when it was not reached", async () => {
    const { provenance, convergenceDelta } = await integrated(new Backprop(model, { guided: true }), { tolerance: 1e-9, n: 4, maxSteps: 40 }).explain(x);
    expect(provenance.method.parameters).toMatchObject({ tolerance: 1e-9, maxSteps: 40, steps: [36, 36], converged: [false, false] });
    expect(Math.abs(convergenceDelta![0]!)).toBeGreaterThan(1e-9);
  });

  it("raises the total of its progress", async () => {
    const totals: number[] = [];
    const dones: number[] = [];
    await integrated(new Backprop(model), { tolerance: 1e-12, n: 4, maxSteps: 12 }).explain(x, {
      onProgress: ({ done, total }) => void (totals.push(total), dones.push(done)),
    });
    expect(dones).toEqual([1, 2, 3, 4, 5, 6]);
    expect(totals).toEqual([2, 4, 4, 4, 6, 6]);
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
    { n: 1, quadrature: "trapezoid" },
    { quadrature: "simpson" },
    { tolerance: 0 },
    { tolerance: NaN },
    { maxSteps: 10 },
    { tolerance: 1, quadrature: "right" },
    { tolerance: 1, n: 10, maxSteps: 9 },
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
