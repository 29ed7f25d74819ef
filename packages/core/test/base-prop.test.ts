import { describe, expect, expectTypeOf, it } from "vitest";

import { affine, analyticModel, elementwise, randomLayers, relu, softmax } from "../../test-models/src/index.ts";
import { RULES } from "../src/backend.ts";
import { BaseProp, VERSION, float32 } from "../src/index.ts";
import type { Attribution, FloatTensor, Model, Rule, Tensor } from "../src/index.ts";

const inputs = [{ name: "x", dims: [3] }];
const layers = randomLayers([3, 8, 4]);
const rows = float32(
  [5, 3],
  Array.from({ length: 15 }, (_, i) => Math.sin(i)),
);

const failure = (code: string): unknown => expect.objectContaining({ name: "XDeepError", code });

describe("BaseProp", () => {
  it("explains a model in ten lines", async () => {
    const model = analyticModel({
      inputs: [{ name: "x", dims: [2] }],
      layers: [
        affine([
          [1, 2],
          [3, 4],
        ]),
      ],
    });
    const attribution = await new BaseProp(model).explain(float32([1, 2], [1, 1]));
    expectTypeOf(attribution.values).toEqualTypeOf<FloatTensor>();
    expect(attribution).toMatchObject({ values: float32([1, 2], [3, 4]), target: [1], scores: Float32Array.of(7), output: "y" });
  });

  it("says where a result comes from", async () => {
    const model = analyticModel({ inputs, layers: [affine([[1, 1, 1]]), relu()] });
    const { provenance } = await new BaseProp(model, { rule: "guided", rectifiers: ["Relu"], versions: { other: "3.2.1" } }).explain(rows);
    expect(provenance).toEqual({
      method: { name: "guided", parameters: { rectifiers: ["Relu"] } },
      rule: "guided",
      rectifiers: 1,
      score: "logit",
      backend: "analytic",
      engine: "float64",
      versions: { "@xdeep/core": VERSION, other: "3.2.1" },
    });
  });

  it("splits batches, and row n of a batch is row n alone", async () => {
    const model = analyticModel({ inputs, layers, capabilities: { preferredBatch: 8, maxBatch: 2 } });
    const explainer = new BaseProp(model);
    const whole = await explainer.explain(rows, { target: [0, 1, 2, 3, 0] });
    expect(model.calls.map((call) => call.rows)).toEqual([2, 2, 1]);
    for (let n = 0; n < 5; n++) {
      const alone = await explainer.explain(float32([1, 3], rows.data.slice(3 * n, 3 * n + 3)), { target: whole.target[n]! });
      expect(whole.values.data.slice(3 * n, 3 * n + 3)).toEqual(alone.values.data);
      expect(whole.scores[n]).toBe(alone.scores[0]);
    }
  });

  it("sums weighted rows over chunks", async () => {
    const model = analyticModel({ inputs, layers, capabilities: { preferredBatch: 2 } });
    const explainer = new BaseProp(model);
    const weights = Float32Array.of(1, -2, 0.5, 0, 3);
    const { values } = await explainer.explain(rows, { target: 1 });
    const summed = await explainer.explain(rows, { target: 1, weights });
    expect(summed.values.dims).toEqual([1, 3]);
    expect(summed.target).toHaveLength(5);
    for (let i = 0; i < 3; i++) {
      const expected = weights.reduce((sum, weight, n) => sum + weight * values.data[3 * n + i]!, 0);
      expect(summed.values.data[i]).toBeCloseTo(expected, 5);
    }
  });

  it("mirrors records, and gives records for inner values", async () => {
    const model = analyticModel({
      inputs: [
        { name: "a", dims: [1] },
        { name: "b", dims: [2], type: "float64" },
        { name: "k", dims: [1], type: "int32" },
      ],
      layers: [affine([[2, 3, 4, 5]])],
    });
    const feeds: Record<string, Tensor> = {
      a: float32([1, 1], [1]),
      b: { type: "float64", dims: [1, 2], data: Float64Array.of(1, 1) },
      k: { type: "int32", dims: [1, 1], data: Int32Array.of(7) },
    };
    const explainer = new BaseProp(model);
    const all: Attribution<typeof feeds> = await explainer.explain(feeds);
    expect(all.values).toEqual({ a: float32([1, 1], [2]), b: float32([1, 2], [3, 4]) });
    expect((await explainer.explain(feeds, { wrt: ["b"] })).values).toEqual({ b: float32([1, 2], [3, 4]) });

    const single = analyticModel({
      inputs,
      layers: [
        affine([[1, 1, 1]]),
        elementwise(
          (x) => x ** 2,
          (x) => 2 * x,
        ),
      ],
    });
    const inner = await new BaseProp(single).explain(float32([1, 3], [1, 1, 1]), { wrt: ["layer0"] });
    expect(inner.values).toEqual({ layer0: float32([1, 1], [6]) });
    expect((await new BaseProp(single).explain({ x: float32([1, 3]), layer0: float32([1, 1], [5]) }, { wrt: ["layer0"] })).values).toEqual({
      layer0: float32([1, 1], [10]),
    });
  });

  it("explains the logit or the probability, and says which", async () => {
    const model = analyticModel({
      inputs,
      layers: [
        affine([
          [1, 0, 0],
          [0, 1, 0],
        ]),
        softmax(),
      ],
    });
    const explainer = new BaseProp(model);
    const x = float32([1, 3], [1, 1, 0]);
    expect(await explainer.explain(x, { target: 0 })).toMatchObject({ values: float32([1, 3], [1, 0, 0]), provenance: { score: "logit" } });
    expect(await explainer.explain(x, { target: 0, score: "probability" })).toMatchObject({
      values: float32([1, 3], [0.25, -0.25, 0]),
      provenance: { score: "probability" },
    });
  });

  it("reports progress after every run and leaves its input as it was", async () => {
    const before = rows.data.slice();
    const steps: string[] = [];
    await new BaseProp(analyticModel({ inputs, layers, capabilities: { preferredBatch: 2 } })).explain(rows, {
      onProgress: ({ done, total }) => steps.push(`${done}/${total}`),
    });
    expect(steps).toEqual(["1/3", "2/3", "3/3"]);
    expect(rows.data).toEqual(before);
  });

  it("rejects with the signal's reason, before a run and between two, and stays usable", async () => {
    const model = analyticModel({ inputs, layers, capabilities: { preferredBatch: 1 } });
    const explainer = new BaseProp(model);
    const reason = new Error("enough");
    await expect(explainer.explain(rows, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(model.calls).toHaveLength(0);
    const controller = new AbortController();
    const stop = ({ done }: { done: number }): void => void (done === 2 && controller.abort(reason));
    await expect(explainer.explain(rows, { signal: controller.signal, onProgress: stop })).rejects.toBe(reason);
    expect(model.calls).toHaveLength(2);
    expect((await explainer.explain(rows)).scores).toHaveLength(5);
  });
});

describe("BaseProp asked for a probability", () => {
  it("says so where the output has none, whose score is then the output itself", async () => {
    const plain = new BaseProp(analyticModel({ inputs, layers }));
    const found = await plain.explain(rows, { target: 1, score: "probability" });
    expect(found.provenance.notes).toEqual([expect.stringMatching(/^Output "y" has no softmax or sigmoid at its end.*the score is the output itself/)]);
    const logit = await plain.explain(rows, { target: 1 });
    expect(found.scores).toEqual(logit.scores);
    expect(logit.provenance.notes).toBeUndefined();
    const ended = new BaseProp(analyticModel({ inputs, layers: [...layers, softmax()] }));
    expect((await ended.explain(rows, { target: 1, score: "probability" })).provenance.notes).toBeUndefined();
  });
});

describe("BaseProp on an engine that blocks its thread", () => {
  it("still hears an abort that waits for the event loop", async () => {
    const model = analyticModel({ inputs, layers, capabilities: { preferredBatch: 1 } });
    const deaf: Model = { ...model, vjp: (request) => model.vjp({ ...request, signal: undefined }) };
    const controller = new AbortController();
    const reason = new Error("enough");
    const stop = ({ done }: { done: number }): void => void (done === 2 && setImmediate(() => controller.abort(reason)));
    await expect(new BaseProp(deaf).explain(rows, { signal: controller.signal, onProgress: stop })).rejects.toBe(reason);
    expect(model.calls.length).toBeLessThan(5);
  });
});

describe("BaseProp refuses", () => {
  const model = analyticModel({ inputs, layers });
  const explainer = new BaseProp(model);

  it("models of another contract and what is no model", () => {
    expect(() => new BaseProp({ ...model, contractVersion: 2 as 1 })).toThrow(failure("CONTRACT_VERSION"));
    expect(() => new BaseProp({} as Model)).toThrow(TypeError);
  });

  it("rules that do not exist or that the backend does not have", () => {
    expect(() => new BaseProp(model, { rule: "nonsense" as Rule })).toThrow(failure("RULE_UNKNOWN"));
    expect(() => new BaseProp(model, { rule: { name: "lrp", composite: "epsilon" } })).toThrow(failure("CAPABILITY_MISSING"));
    const plain = analyticModel({ inputs, layers, capabilities: { rules: ["standard"] } });
    for (const rule of RULES) {
      if (rule === "standard") expect(() => new BaseProp(plain, { rule })).not.toThrow();
      else expect(() => new BaseProp(plain, { rule })).toThrow(failure("CAPABILITY_MISSING"));
    }
  });

  it.each<[string, () => Promise<unknown>]>([
    ["INPUT_SHAPE", () => explainer.explain(float32([3]))],
    ["INPUT_TYPE", () => explainer.explain({ type: "float64", dims: [1, 3], data: new Float64Array(3) })],
    ["INPUT_NOT_FINITE", () => explainer.explain(float32([1, 3], [0, NaN, 0]))],
    ["INPUT_UNKNOWN", () => explainer.explain({ x: rows, nonsense: rows })],
    ["INPUT_MISSING", () => explainer.explain({})],
    ["BATCH_INVALID", () => explainer.explain(float32([0, 3]))],
    ["TARGET_OUT_OF_RANGE", () => explainer.explain(rows, { target: 4 })],
    ["TARGET_INVALID", () => explainer.explain(rows, { target: [1, 2] })],
    ["OUTPUT_UNKNOWN", () => explainer.explain(rows, { output: "z" })],
    ["WRT_UNKNOWN", () => explainer.explain(rows, { wrt: ["z"] })],
    ["OPTION_INVALID", () => explainer.explain(rows, { score: "logits" as never })],
    ["OPTION_INVALID", () => explainer.explain(rows, { weights: Float32Array.of(1) })],
    ["OPTION_INVALID", () => explainer.explain(rows, { weights: new Float32Array(5).fill(NaN) })],
  ])("with %s", async (code, run) => {
    await expect(run()).rejects.toEqual(failure(code));
  });

  it("a bare tensor where the model has several inputs, naming them", async () => {
    const two = analyticModel({
      inputs: [
        { name: "left", dims: [1] },
        { name: "right", dims: [2] },
      ],
      layers: [affine([[1, 1, 1]])],
    });
    await expect(new BaseProp(two).explain(rows)).rejects.toThrow(/"left", "right"/);
    await expect(new BaseProp(two).explain(rows)).rejects.toEqual(failure("INPUT_MISSING"));
  });

  it("gradients and scores that are not finite", async () => {
    const root = analyticModel({ inputs: [{ name: "x", dims: [1] }], layers: [elementwise(Math.sqrt, (x) => 0.5 / Math.sqrt(x))] });
    await expect(new BaseProp(root).explain(float32([1, 1], [0]))).rejects.toEqual(failure("RESULT_NOT_FINITE"));
    const log = analyticModel({ inputs: [{ name: "x", dims: [1] }], layers: [elementwise(Math.log, (x) => 1 / x)] });
    await expect(new BaseProp(log).explain(float32([2, 1], [1, 0]))).rejects.toThrow(/row 1/);
  });

  it("a model that was disposed", async () => {
    const gone = analyticModel({ inputs, layers });
    await gone.dispose();
    await expect(new BaseProp(gone).explain(rows)).rejects.toEqual(failure("MODEL_DISPOSED"));
  });
});
