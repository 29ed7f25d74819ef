import * as tf from "@tensorflow/tfjs-core";
import { type SymbolicTensor, initializers, input, layers, model as layersModel, sequential } from "@tensorflow/tfjs-layers";
import { type FloatTensor, type Model, type VjpRequest, float32, sizeOf } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import { expectClose } from "../../../test/compare.ts";
import { ENGINES } from "../../../test/engines.ts";
import { type GraphNode, type GraphWeight, floatType, graphModel, placeholder } from "../../../test/graph-model.ts";
import { seeded } from "../../../test/seeded.ts";
import { loadModel } from "../../index.ts";

const kernel = (seed: number): { readonly kernelInitializer: ReturnType<typeof initializers.glorotNormal> } => ({
  kernelInitializer: initializers.glorotNormal({ seed }),
});
const dense = (name: string, seed: number, units = 4): ReturnType<typeof layers.dense> => layers.dense({ name, units, activation: "tanh", ...kernel(seed) });

/** Two readers of one value, of which one meets the other further up: a gradient of "a" goes through "b" and past it. */
async function layersDiamond(): Promise<Parameters<typeof loadModel>[0]> {
  const x = input({ name: "x", shape: [3] });
  const a = dense("a", 1).apply(x) as SymbolicTensor;
  const b = dense("b", 2).apply(a) as SymbolicTensor;
  const sum = layers.add({ name: "sum" }).apply([a, b]) as SymbolicTensor;
  const logits = layers.dense({ name: "logits", units: 3, ...kernel(3) }).apply(sum) as SymbolicTensor;
  return layersModel({ inputs: x, outputs: layers.activation({ name: "top", activation: "softmax" }).apply(logits) as SymbolicTensor });
}

function matrix(name: string, rows: number, columns: number, seed: number): GraphWeight {
  return { name, shape: [rows, columns], values: seeded(seed, rows * columns) };
}

function matMul(name: string, a: string, b: string): GraphNode {
  return { name, op: "MatMul", input: [a, b], attr: { ...floatType, transpose_a: { b: false }, transpose_b: { b: false } } };
}

const unary = (name: string, op: string, from: string): GraphNode => ({ name, op, input: [from], attr: floatType });

async function graphDiamond(): Promise<Parameters<typeof loadModel>[0]> {
  return graphModel(
    [
      placeholder("x", [-1, 3]),
      matMul("a/product", "x", "wa"),
      unary("a", "Tanh", "a/product"),
      matMul("b/product", "a", "wb"),
      unary("b", "Tanh", "b/product"),
      { name: "sum", op: "AddV2", input: ["a", "b"], attr: floatType },
      matMul("logits", "sum", "wl"),
      unary("top", "Softmax", "logits"),
    ],
    [matrix("wa", 3, 4, 1), matrix("wb", 4, 4, 2), matrix("wl", 4, 3, 3)],
  );
}

/** Central differences of the score in an inner value that is fed, row by row. */
async function differences(model: Model, request: VjpRequest, name: string): Promise<Float64Array> {
  const value = ((await model.forward({ feeds: request.feeds, outputs: [name] })).outputs[name] ?? request.feeds[name]) as FloatTensor;
  const { target } = await model.vjp(request);
  const size = value.data.length / value.dims[0]!;
  const step = 1e-2;
  const scoresAt = async (data: Float32Array): Promise<Float32Array> =>
    (await model.forward({ feeds: { ...request.feeds, [name]: { ...value, data } }, target, ...(request.output ? { output: request.output } : {}) })).scores;
  const result = new Float64Array(value.data.length);
  for (let i = 0; i < size; i++) {
    const moved = (by: number): Float32Array => value.data.map((v, at) => (at % size === i ? v + by : v));
    const [up, down] = [await scoresAt(moved(step)), await scoresAt(moved(-step))];
    for (let row = 0; row < value.dims[0]!; row++) result[row * size + i] = (up[row]! - down[row]!) / (2 * step);
  }
  return result;
}

const feeds = { x: float32([5, 3], seeded(4, 15)) };

describe.each(ENGINES)("inner values on %s", (engine) => {
  describe.each([
    ["LayersModel", layersDiamond],
    ["GraphModel", graphDiamond],
  ])("of a %s", (_, make) => {
    it("have the gradient of differences, read, fed and beside each other", async () => {
      const model = await loadModel(await make(), { engine });
      expect(model.capabilities.innerValues).toBe(true);
      const both = await model.vjp({ feeds, wrt: ["x", "b", "a"], outputs: ["sum", "top"] });
      expect(both.outputs["sum"]!.dims).toEqual([5, 4]);
      for (const name of ["a", "b"]) {
        expectClose(both.gradients[name]!.data, await differences(model, { feeds }, name), 2e-3);
        const alone = await model.vjp({ feeds, wrt: [name] });
        expectClose(alone.gradients[name]!.data, both.gradients[name]!.data, 1e-6);
      }
      expectClose(both.gradients["x"]!.data, (await model.vjp({ feeds })).gradients["x"]!.data, 1e-6);
    });

    it("are explained themselves, with the activation that they end in", async () => {
      const model = await loadModel(await make(), { engine });
      const logits = await model.vjp({ feeds, output: "logits", target: 1 });
      const through = await model.vjp({ feeds, output: "top", target: 1 });
      expectClose(logits.gradients["x"]!.data, through.gradients["x"]!.data, 1e-6);
      expect(logits).toMatchObject({ output: "logits", target: [1, 1, 1, 1, 1] });
      expectClose(logits.scores, through.scores, 1e-6);
      expectClose(
        (await model.vjp({ feeds, output: "b", target: 2, wrt: ["a"] })).gradients["a"]!.data,
        await differences(model, { feeds, output: "b", target: 2, wrt: ["a"] }, "a"),
        2e-3,
      );
    });

    it("may be pulled back, weighted and split into runs", async () => {
      const model = await loadModel(await make(), { engine });
      const many = { x: float32([37, 3], seeded(6, 111)) };
      const { gradients, outputs } = await model.vjp({ feeds: many, wrt: ["a"], target: 0, outputs: ["b"] });
      expect(outputs["b"]!.dims).toEqual([37, 4]);
      const weights = seeded(7, 37);
      const { gradients: sums } = await model.vjp({ feeds: many, wrt: ["a"], target: 0, weights });
      const expected = Array.from({ length: 4 }, (_, i) => weights.reduce((sum, weight, row) => sum + weight * gradients["a"]!.data[row * 4 + i]!, 0));
      expectClose(sums["a"]!.data, expected, 1e-5);
      const fedFrom = (await model.forward({ feeds: many, outputs: ["a"] })).outputs["a"] as FloatTensor;
      const fed = await model.vjp({ feeds: { ...many, a: fedFrom }, wrt: ["a"], target: 0 });
      expectClose(fed.gradients["a"]!.data, gradients["a"]!.data, 1e-6);
      const cotangent = float32([5, 4], seeded(8, 20));
      const pulled = await model.vjp({ feeds, output: "b", cotangent, wrt: ["b", "a"] });
      expect([...pulled.gradients["b"]!.data]).toEqual([...cotangent.data]);
      expect(pulled.gradients["a"]!.data.some((value) => value !== 0)).toBe(true);
    });

    it("leave nothing of what lies below to run where they are fed", async () => {
      const model = await loadModel(await make(), { engine });
      const a = float32([5, 4], seeded(9, 20));
      await model.vjp({ feeds: { ...feeds, a }, wrt: ["a"] });
      const { kernelNames } = await tf.profile(async () => void (await model.forward({ feeds: { ...feeds, a }, outputs: ["b"] })));
      expect(kernelNames.filter((name) => name.endsWith("MatMul"))).toHaveLength(1);
      const before = tf.memory().numTensors;
      await model.vjp({ feeds: { ...feeds, a }, wrt: ["x", "a", "b"], outputs: ["sum"] });
      expect(tf.memory().numTensors).toBe(before);
    });

    it("run each layer once, so that a rule meets each rectifier once", async () => {
      const model = await loadModel(await make(), { engine });
      await model.vjp({ feeds, wrt: ["x", "a", "b"], rule: "guided", rectifiers: ["Tanh"] });
      const plain = await model.vjp({ feeds, rule: "guided", rectifiers: ["Tanh"] });
      const beside = await model.vjp({ feeds, wrt: ["x", "b"], rule: "guided", rectifiers: ["Tanh"] });
      expect([plain.rectifiers, beside.rectifiers]).toEqual([2, 2]);
      expectClose(beside.gradients["x"]!.data, plain.gradients["x"]!.data, 1e-6);
    });

    it("are refused where they do not exist, with the nearest names", async () => {
      const model = await loadModel(await make(), { engine });
      await expect(model.vjp({ feeds, wrt: ["sums"] })).rejects.toMatchObject({ code: "WRT_UNKNOWN", message: expect.stringContaining('"sum"') });
      await expect(model.forward({ feeds, outputs: ["logit"] })).rejects.toMatchObject({ code: "OUTPUT_UNKNOWN" });
      await expect(model.forward({ feeds: { ...feeds, c: float32([5, 4]) } })).rejects.toMatchObject({ code: "INPUT_UNKNOWN" });
      await expect(model.forward({ feeds: { ...feeds, a: float32([5, 3]) } })).rejects.toMatchObject({ code: "INPUT_SHAPE" });
    });
  });

  it("of a GraphModel may be written with the number of the result", async () => {
    const model = await loadModel(await graphDiamond(), { engine });
    const { gradients } = await model.vjp({ feeds, wrt: ["a:0", "a"] });
    expect(Object.keys(gradients)).toEqual(["a:0", "a"]);
    expect(gradients["a:0"]).toEqual(gradients["a"]);
    const a = float32([5, 4], seeded(9, 20));
    const fed = await model.vjp({ feeds: { ...feeds, "a:0": a }, wrt: ["a"] });
    expect(fed.gradients["a"]).toEqual((await model.vjp({ feeds: { ...feeds, a }, wrt: ["a"] })).gradients["a"]);
  });

  it("of a GraphModel include each result of a node", async () => {
    const split: GraphNode = { name: "split", op: "Split", input: ["axis", "x"], attr: { ...floatType, num_split: { i: "3" } } };
    const nodes = [
      placeholder("x", [-1, 6]),
      split,
      { name: "product", op: "Mul", input: ["split:0", "split:1"], attr: floatType },
      { name: "y", op: "Mul", input: ["product", "split:2"], attr: floatType },
    ];
    const model = await loadModel(await graphModel(nodes, [{ name: "axis", shape: [], values: [1], dtype: "int32" }]), { engine });
    const x = float32([1, 6], [1, 2, 3, 4, 5, 6]);
    const { gradients } = await model.vjp({ feeds: { x }, wrt: ["split:1", "split", "x"], target: 1 });
    expect(Object.values(gradients).map(({ data }) => [...data])).toEqual([
      [0, 12],
      [0, 24],
      [0, 24, 0, 12, 0, 8],
    ]);
    const fed = await model.vjp({ feeds: { x, "split:1": float32([1, 2], [10, 20]) }, wrt: ["split:1", "x"], target: 1 });
    expect([...(fed.outputs["y"]!.data as Float32Array)]).toEqual([50, 240]);
    expect([...fed.gradients["x"]!.data]).toEqual([0, 120, 0, 0, 0, 40]);
    await expect(model.vjp({ feeds: { x }, wrt: ["split:3"] })).rejects.toMatchObject({ code: "WRT_UNKNOWN" });
  });
});

describe("inner values of layers", () => {
  it("inside a model that is a layer are named by the way to them", async () => {
    const inner = sequential({
      name: "encoder",
      layers: [layers.dense({ name: "first", units: 4, inputShape: [3], activation: "tanh", ...kernel(1) }), dense("second", 2)],
    });
    const x = input({ name: "x", shape: [3] });
    const y = input({ name: "y", shape: [3] });
    const [ex, ey] = [inner.apply(x) as SymbolicTensor, inner.apply(y) as SymbolicTensor];
    const out = layers.dot({ name: "score", axes: 1 }).apply([ex, ey]) as SymbolicTensor;
    const model = await loadModel(layersModel({ inputs: [x, y], outputs: out }), { engine: "cpu" });
    const pair = { x: float32([2, 3], seeded(1, 6)), y: float32([2, 3], seeded(2, 6)) };
    const { gradients } = await model.vjp({ feeds: pair, wrt: ["encoder/first", "encoder/first:1", "encoder", "encoder:1"] });
    for (const name of Object.keys(gradients)) expectClose(gradients[name]!.data, await differences(model, { feeds: pair }, name), 2e-3);
    const { outputs } = await model.forward({ feeds: pair, outputs: ["encoder", "encoder/second", "encoder/second:1", "encoder:1"] });
    expect(outputs["encoder"]).toEqual(outputs["encoder/second"]);
    expect(outputs["encoder:1"]).toEqual(outputs["encoder/second:1"]);
    expect(outputs["encoder"]).not.toEqual(outputs["encoder:1"]);
  });

  it("that give several results are numbered, and two names of one tensor are two values", async () => {
    const x = input({ name: "x", shape: [4, 3] });
    const results = layers
      .lstm({ name: "memory", units: 2, returnState: true, ...kernel(1), recurrentInitializer: initializers.glorotNormal({ seed: 2 }) })
      .apply(x) as SymbolicTensor[];
    const joined = layers.concatenate({ name: "joined" }).apply(results) as SymbolicTensor;
    const model = await loadModel(layersModel({ inputs: x, outputs: layers.dense({ name: "y", units: 2, ...kernel(3) }).apply(joined) as SymbolicTensor }), {
      engine: "cpu",
    });
    const one = { x: float32([1, 4, 3], seeded(3, 12)) };
    const { gradients } = await model.vjp({ feeds: one, wrt: ["memory", "memory:1", "memory:2", "joined"], target: 0 });
    expect([...gradients["joined"]!.data]).toEqual([...gradients["memory"]!.data, ...gradients["memory:1"]!.data, ...gradients["memory:2"]!.data]);
    expectClose(gradients["memory:1"]!.data, await differences(model, { feeds: one, target: 0 }, "memory:1"), 2e-3);
  });

  it("carry their masks where they are fed", async () => {
    const network = sequential({
      layers: [
        layers.embedding({
          name: "embedding",
          inputDim: 6,
          outputDim: 3,
          maskZero: true,
          inputLength: 5,
          embeddingsInitializer: initializers.randomUniform({ minval: -1, maxval: 1, seed: 1 }),
        }),
        layers.lstm({ name: "first", units: 3, returnSequences: true, ...kernel(2), recurrentInitializer: initializers.glorotNormal({ seed: 3 }) }),
        layers.lstm({ name: "second", units: 3, ...kernel(4), recurrentInitializer: initializers.glorotNormal({ seed: 5 }) }),
        layers.dense({ name: "y", units: 2, ...kernel(6) }),
      ],
    });
    const model = await loadModel(network, { engine: "cpu" });
    const [{ name, type }] = model.inputs as [(typeof model.inputs)[0]];
    const ids = [3, 1, 4, 0, 0];
    const data = { [name]: { type, dims: [1, 5], data: type === "int32" ? Int32Array.from(ids) : Float32Array.from(ids) } } as VjpRequest["feeds"];
    const expected = network.predict(tf.tensor2d([ids])) as tf.Tensor;
    const whole = await model.vjp({ feeds: data, wrt: ["embedding"], target: 1 });
    expectClose(whole.outputs["y"]!.data as Float32Array, await expected.data(), 1e-6);
    expectClose(whole.gradients["embedding"]!.data, await differences(model, { feeds: data, target: 1 }, "embedding"), 3e-3);
    // What is masked has no say.
    expect(Array.from(whole.gradients["embedding"]!.data.subarray(9))).toEqual([0, 0, 0, 0, 0, 0]);
    const second = await model.forward({ feeds: { ...data, first: float32([1, 5, 3], seeded(1, 15)) }, target: 0 });
    expect(second.scores).toHaveLength(1);
  });
});

it("functions have none, and say so", async () => {
  const model = await loadModel((x) => tf.relu(x!), { engine: "cpu", inputs: [{ name: "x", dims: [null, 2] }], outputs: [{ name: "y", dims: [null, 2] }] });
  expect(model.capabilities.innerValues).toBe(false);
  await expect(model.vjp({ feeds: { x: float32([1, sizeOf([2])]) }, wrt: ["relu"] })).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
});
