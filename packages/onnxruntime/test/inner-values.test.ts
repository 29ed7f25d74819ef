import { type FloatTensor, type Tensor, float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { type ModelProto, modelProto, nodeProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { smooth } from "@xdeep/smooth";
import { describe, expect, it } from "vitest";
import { failure } from "./failure.ts";
import { gradientError, numericalGradient } from "./numerical-gradient.ts";
import { intList, perceptron, pixelModel, randomTensor, smallCnn, tokenModel, weights } from "./small-models.ts";
import { loadModel } from "../src/load-model.ts";

const x = randomTensor(7, [2, 4]);

describe("inner values", () => {
  it("have gradients, beside those of inputs", async () => {
    const model = await loadModel(writeModel(perceptron()));
    const { gradients } = await model.vjp({ feeds: { x }, target: [0, 2], wrt: ["x", "hidden"] });
    for (const wrt of ["x", "hidden"])
      expect(gradientError(gradients[wrt], numericalGradient(perceptron(), { x }, { wrt, of: "logits", target: [0, 2] }))).toBeLessThan(1e-5);
    await model.dispose();
  });

  it("can be fed: the network runs from there", async () => {
    const model = await loadModel(writeModel(smallCnn()));
    const image = randomTensor(1, [3, 3, 6, 6]);
    const whole = await model.vjp({ feeds: { image }, target: [0, 1, 2], wrt: ["features"] });
    const features = (await model.forward({ feeds: { image }, outputs: ["features"] })).outputs["features"]!;
    const rest = await model.vjp({ feeds: { image, features }, target: [0, 1, 2], wrt: ["features", "image"] });
    expect(rest.scores).toEqual(whole.scores);
    expect(rest.gradients["features"]).toEqual(whole.gradients["features"]);
    expect(Math.max(...rest.gradients["image"]!.data.map(Math.abs))).toBe(0);
    await model.dispose();
  });

  it("of other dims than the network makes are refused", async () => {
    const model = await loadModel(writeModel(perceptron()));
    expect((await failure(model.vjp({ feeds: { x, hidden: randomTensor(1, [2, 7]) }, target: 0 }))).code).toBe("INPUT_SHAPE");
    expect((await failure(model.vjp({ feeds: { x, hidden: randomTensor(1, [1, 6]) }, target: 0 }))).code).toBe("BATCH_INVALID");
    await model.dispose();
  });

  it("that are fed are not computed: asking for them is refused, the rest goes on", async () => {
    const model = await loadModel(writeModel(perceptron()));
    const feeds = { x, logits: randomTensor(2, [2, 3]) };
    for (const call of [model.vjp({ feeds, target: 0 }), model.forward({ feeds, target: 0 }), model.forward({ feeds, outputs: ["logits"] })]) {
      const { code, message } = await failure(call);
      expect(code).toBe("OPTION_INVALID");
      expect(message).toContain('"logits" is fed');
    }
    expect((await model.forward({ feeds, outputs: ["hidden"] })).outputs["hidden"]!.dims).toEqual([2, 6]);
    const hidden = await model.vjp({ feeds: { x, hidden: randomTensor(2, [2, 6]) }, target: 0, wrt: ["before", "hidden"] });
    expect(Math.max(...hidden.gradients["before"]!.data.map(Math.abs))).toBe(0);
    expect(Math.max(...hidden.gradients["hidden"]!.data.map(Math.abs))).toBeGreaterThan(0);
    await model.dispose();
  });

  it("can be moved by methods", async () => {
    const model = await loadModel(writeModel(smallCnn()));
    const image = randomTensor(1, [2, 3, 6, 6]);
    const { values, convergenceDelta } = await integrated(new Backprop(model), { n: 60 }).explain({ image }, { wrt: ["features"], target: 1 });
    expect(values["features"]!.dims).toEqual([2, 8, 2, 2]);
    expect(Math.max(...convergenceDelta!.map(Math.abs))).toBeLessThan(1e-4);
    await model.dispose();
  });
});

describe("values whose leading axis is not the batch", () => {
  /** x [N, 3, 4] → steps first, as recurrent networks have it: "steps" [3, N, 4]. */
  const stepsFirst = (batch: string | number | null): ModelProto =>
    modelProto({
      nodes: [
        nodeProto("Transpose", ["x"], ["steps"], { perm: [1, 0, 2] }),
        nodeProto("Tanh", ["steps"], ["bent"]),
        nodeProto("ReduceSum", ["bent", "axis"], ["sum"], { keepdims: 0 }),
        nodeProto("MatMul", ["sum", "w"], ["y"]),
      ],
      inputs: [valueInfoProto("x", "float32", [batch, 3, 4])],
      outputs: [valueInfoProto("y", "float32", [batch, 2])],
      initializers: [weights("w", 1, [4, 2]), intList("axis", [0])],
    });
  const three = randomTensor(3, [2, 3, 4]);

  it.each(["N", null, 2])("have gradients, but no weighted sums (batch %s)", async (batch) => {
    const model = await loadModel(writeModel(stepsFirst(batch)));
    const request = { feeds: { x: three }, target: 1, wrt: ["steps", "x"] };
    const { gradients } = await model.vjp(request);
    const options = { of: "y", target: [1, 1] };
    for (const wrt of request.wrt)
      expect(gradientError(gradients[wrt], numericalGradient(stepsFirst("N"), { x: three }, { wrt, ...options }))).toBeLessThan(1e-5);
    const { code, message } = await failure(model.vjp({ ...request, weights: Float32Array.of(1, 1) }));
    expect(code).toBe("BATCH_INVALID");
    expect(message).toContain("first axis is not the batch");
    expect((await model.vjp({ ...request, wrt: ["x"], weights: Float32Array.of(1, 1) })).gradients["x"]!.dims).toEqual([1, 3, 4]);
    await model.dispose();
  });

  it("cannot be joined over several runs", async () => {
    const model = await loadModel(writeModel(stepsFirst(1)));
    expect((await failure(model.vjp({ feeds: { x: three }, target: 1, wrt: ["steps"] }))).code).toBe("BATCH_INVALID");
    const open = await loadModel(writeModel(stepsFirst("N")));
    expect((await failure(new Backprop(open).explain(randomTensor(3, [6, 3, 4]), { target: 1, wrt: ["steps"] }))).code).toBe("BATCH_INVALID");
    await Promise.all([model.dispose(), open.dispose()]);
  });

  it("are refused as scores", async () => {
    const model = await loadModel(writeModel(modelProto({ ...partsOf(stepsFirst("N")), outputs: [valueInfoProto("bent", "float32", [3, "N", 4])] })));
    expect((await failure(model.vjp({ feeds: { x: three }, target: { index: [0, 0] } }))).code).toBe("BATCH_INVALID");
    expect((await failure(model.vjp({ feeds: { x: randomTensor(3, [1, 3, 4]) }, target: { index: [0, 0] } }))).code).toBe("BATCH_INVALID");
    await model.dispose();
  });

  /** x [2, 3] → "columns" [3, 2] → y = xᵀx [3, 3]. */
  const gram = modelProto({
    nodes: [nodeProto("Transpose", ["x"], ["columns"]), nodeProto("MatMul", ["columns", "x"], ["y"])],
    inputs: [valueInfoProto("x", "float32", [2, 3])],
    outputs: [valueInfoProto("y", "float32", [3, 3])],
  });

  it("take one cotangent for all rows as outputs, in one run", async () => {
    const model = await loadModel(writeModel(gram));
    expect(model.outputs[0]).toMatchObject({ dims: [3, 3], batched: false });
    const x = randomTensor(3, [2, 3]);
    const cotangent = randomTensor(4, [3, 3]);
    const { gradients } = await model.vjp({ feeds: { x }, cotangent });
    const c = (i: number, j: number): number => cotangent.data[3 * i + j]! + cotangent.data[3 * j + i]!;
    const expected = Float64Array.from({ length: 6 }, (_, k) => [0, 1, 2].reduce((sum, j) => sum + x.data[3 * Math.floor(k / 3) + j]! * c(j, k % 3), 0));
    expect(gradientError(gradients["x"], { dims: [2, 3], data: expected })).toBeLessThan(1e-6);
    expect((await failure(model.vjp({ feeds: { x }, cotangent: randomTensor(4, [2, 3]) }))).code).toBe("INPUT_SHAPE");
    const { code, message } = await failure(model.vjp({ feeds: { x: randomTensor(3, [1, 3]) }, cotangent }));
    expect(code).toBe("BATCH_INVALID");
    expect(message).toMatch(/dims \[3, 3\], whose first axis is not the batch, .*Export the model with the batch in front/);
    await model.dispose();
  });

  it("take no cotangent as inner values, and the error says why", async () => {
    const model = await loadModel(writeModel(gram));
    const request = { feeds: { x: randomTensor(3, [2, 3]) }, output: "columns" };
    const fails = (dims: readonly number[]): ReturnType<typeof failure> => failure(model.vjp({ ...request, cotangent: randomTensor(4, dims) }));
    expect((await fails([2, 2])).code).toBe("BATCH_INVALID");
    expect((await fails([3, 2])).message).toContain("A cotangent has a row for each row that is fed");
    await model.dispose();
  });

  it("may turn out to have it at run time: then weights work", async () => {
    const parts = {
      nodes: [nodeProto("Reshape", ["x", "shape"], ["rows"]), nodeProto("MatMul", ["rows", "w"], ["y"])],
      initializers: [intList("shape", [-1, 4]), weights("w", 2, [4, 3])],
    };
    const model = await loadModel(
      writeModel(modelProto({ ...parts, inputs: [valueInfoProto("x", "float32", [null, 2, null])], outputs: [valueInfoProto("y", "float32", [null, 3])] })),
    );
    const input = randomTensor(2, [3, 2, 2]);
    const factors = Float32Array.of(1, -2, 3);
    const [summed, rows] = await Promise.all([
      model.vjp({ feeds: { x: input }, target: 1, wrt: ["rows"], weights: factors }),
      model.vjp({ feeds: { x: input }, target: 1, wrt: ["rows"] }),
    ]);
    const expected = Float64Array.from({ length: 4 }, (_, i) =>
      factors.reduce((sum, factor, row) => sum + factor * rows.gradients["rows"]!.data[row * 4 + i]!, 0),
    );
    expect(gradientError(summed.gradients["rows"], { dims: [1, 4], data: expected })).toBeLessThan(1e-6);
    await model.dispose();
  });
});

describe("token models", () => {
  const ids: Tensor = { type: "int64", dims: [2, 5], data: BigInt64Array.of(3n, 7n, 1n, 19n, 0n, 4n, 4n, 12n, 0n, 0n) };
  const mask: Tensor = { type: "int64", dims: [2, 5], data: BigInt64Array.of(1n, 1n, 1n, 1n, 1n, 1n, 1n, 1n, 0n, 0n) };

  it("have no input gradient, and the error names the embedding", async () => {
    const model = await loadModel(writeModel(tokenModel()));
    const { code, message } = await failure(model.vjp({ feeds: { ids, mask } }));
    expect(code).toBe("WRT_UNKNOWN");
    expect(message).toContain('such as "embedded"');
    await model.dispose();
  });

  it("are explained at their embeddings", async () => {
    const model = await loadModel(writeModel(tokenModel()));
    const { values } = await new Backprop(model).explain({ ids, mask }, { wrt: ["embedded"], target: [0, 1] });
    expect(gradientError(values["embedded"], numericalGradient(tokenModel(), { ids, mask }, { wrt: "embedded", of: "logits", target: [0, 1] }))).toBeLessThan(
      1e-5,
    );
    await model.dispose();
  });

  it("integrated gradients are complete, and masked tokens count for the mean alone", async () => {
    const model = await loadModel(writeModel(tokenModel()));
    const { values, scores, convergenceDelta } = await integrated(new Backprop(model), { n: 200 }).explain({ ids, mask }, { wrt: ["embedded"], target: 1 });
    const perToken = Array.from({ length: 10 }, (_, token) =>
      values["embedded"]!.data.subarray(token * 6, token * 6 + 6).reduce((sum, value) => sum + value, 0),
    );
    const atZero = (await model.forward({ feeds: { ids, mask, embedded: float32([2, 5, 6]) }, target: 1 })).scores;
    for (const row of [0, 1]) {
      const total = perToken.slice(5 * row, 5 * row + 5).reduce((sum, value) => sum + value, 0);
      expect(Math.abs(total - (scores[row]! - atZero[row]!))).toBeLessThan(1e-3);
      expect(Math.abs(convergenceDelta![row]!)).toBeLessThan(1e-3);
    }
    await model.dispose();
  });

  it("integrated gradients start at the embeddings of the ids that are named, alone and inside SmoothGrad", async () => {
    const model = await loadModel(writeModel(tokenModel()));
    const padding: Tensor = { ...ids, data: (ids.data as BigInt64Array).slice().fill(3n) } as Tensor;
    const { outputs } = await model.forward({ feeds: { ids: padding, mask }, outputs: ["embedded"] });
    const call = { wrt: ["embedded"], target: 1 };
    const expected = await integrated(new Backprop(model), { n: 6, baseline: outputs["embedded"] as FloatTensor }).explain({ ids, mask }, call);
    const sample = { ...padding, dims: padding.dims.slice(1), data: (padding.data as BigInt64Array).slice(0, padding.dims[1]) } as Tensor;
    for (const baseline of [{ ids: 3 }, { ids: padding }, { ids: sample }]) {
      const actual = await integrated(new Backprop(model), { n: 6, baseline }).explain({ ids, mask }, call);
      expect(actual.values["embedded"]!.data).toEqual(expected.values["embedded"]!.data);
      const inside = await smooth(integrated(new Backprop(model), { n: 6, baseline }), { n: 2, std: 0 }).explain({ ids, mask }, call);
      expect(gradientError(inside.values["embedded"], toFloat64(expected.values["embedded"]!))).toBeLessThan(1e-5);
    }
    await expect(integrated(new Backprop(model), { baseline: { ids: 0.5 } }).explain({ ids, mask }, call)).rejects.toMatchObject({ code: "BASELINE_INVALID" });
    await model.dispose();
  });

  it("SmoothGrad adds noise to the embeddings", async () => {
    const model = await loadModel(writeModel(tokenModel()));
    const still = await smooth(new Backprop(model), { n: 8, std: 0 }).explain({ ids, mask }, { wrt: ["embedded"], target: 1 });
    const moved = await smooth(new Backprop(model), { n: 8, std: 0.5 }).explain({ ids, mask }, { wrt: ["embedded"], target: 1 });
    const plain = await new Backprop(model).explain({ ids, mask }, { wrt: ["embedded"], target: 1 });
    expect(gradientError(still.values["embedded"], toFloat64(plain.values["embedded"]!))).toBeLessThan(1e-5);
    expect(gradientError(moved.values["embedded"], toFloat64(plain.values["embedded"]!))).toBeGreaterThan(1e-2);
    await model.dispose();
  });
});

describe("what to name where a network takes integers alone", () => {
  it("are the vectors of its tokens; nothing where there is a default or a float input", async () => {
    const values = await Promise.all(
      [tokenModel(), pixelModel(), perceptron()].map(async (proto) => {
        await using model = await loadModel(writeModel(proto));
        return model.entryValues;
      }),
    );
    expect(values).toEqual([["embedded"], undefined, undefined]);
  });
});

describe("uint8 images", () => {
  const pixels: Tensor = { type: "uint8", dims: [2, 5, 5, 3], data: Uint8Array.from({ length: 150 }, (_, i) => (i * 37) % 256) };

  it("are explained at the first floats that the network makes of them", async () => {
    const model = await loadModel(writeModel(pixelModel()));
    expect(model.defaultWrt).toEqual(["pixelsFloat"]);
    const { values } = await new Backprop(model).explain(pixels, { target: [0, 2] });
    expect(gradientError(values, numericalGradient(pixelModel(), { pixels }, { wrt: "pixelsFloat", of: "logits", target: [0, 2] }))).toBeLessThan(1e-5);
    await model.dispose();
  });

  it("integrated gradients and SmoothGrad move those floats", async () => {
    const model = await loadModel(writeModel(pixelModel()));
    const { values, convergenceDelta } = await integrated(new Backprop(model), { n: 1000 }).explain({ pixels }, { target: 0 });
    expect(values["pixelsFloat"]!.dims).toEqual([2, 3, 5, 5]);
    expect(Math.max(...convergenceDelta!.map(Math.abs))).toBeLessThan(2e-3);
    const smoothed = await smooth(new Backprop(model), { n: 6, seed: 3 }).explain({ pixels }, { target: 0 });
    expect(smoothed.values["pixelsFloat"]!.dims).toEqual([2, 3, 5, 5]);
    await model.dispose();
  });
});

function partsOf(model: ModelProto): Parameters<typeof modelProto>[0] {
  const { node, input, output, initializer } = model.graph!;
  return { nodes: node, inputs: input, outputs: output, initializers: initializer };
}

function toFloat64({ dims, data }: FloatTensor): { dims: readonly number[]; data: Float64Array } {
  return { dims, data: Float64Array.from(data) };
}
