import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { type FloatTensor, type Model, float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import { seededFeeds } from "./check-model.ts";
import { ENGINES } from "./engines.ts";
import { floatType, graphArtifacts, graphModel, placeholder } from "./graph-model.ts";
import { LAYERS_MODELS } from "./layers-models.ts";
import { artifactsOf, writeModel } from "./model-folder.ts";
import { loadModel } from "../src/index.ts";

const matMul = { name: "y", op: "MatMul", input: ["x", "kernel"], attr: { ...floatType, transpose_a: { b: false }, transpose_b: { b: false } } };
const GRAPH = [[placeholder("x", [-1, 3]), matMul], [{ name: "kernel", shape: [3, 2], values: [1, 2, 3, 4, 5, 6] }]] as const;

const doubled = (_: string, tensor: FloatTensor): FloatTensor =>
  float32(
    tensor.dims,
    tensor.data.map((value) => 2 * value),
  );

async function gradientOf(model: Model): Promise<readonly number[]> {
  const { gradients } = await model.vjp({ feeds: seededFeeds(model, 1), target: 1 });
  return Array.from(Object.values(gradients)[0]!.data);
}

describe.each(ENGINES)("weights replaced on %s", (engine) => {
  it("of a LayersModel are handed over by name and used while this model runs, and by nobody else", async () => {
    const network = LAYERS_MODELS["convolutions, pooling, dense softmax"]!();
    const seen = new Map<string, readonly number[]>();
    const before = network.getWeights().map((weight) => Array.from(weight.dataSync()));
    const plain = await gradientOf(await loadModel(network, { engine }));
    const same = await loadModel(network, {
      engine,
      weights: (name, tensor) => {
        seen.set(name, tensor.dims);
        return tensor;
      },
    });
    expect(await gradientOf(same)).toEqual(plain);
    expect([...seen]).toEqual(network.weights.map(({ originalName, shape }) => [originalName, shape]));
    const tensors = tf.memory().numTensors;
    const zeroed = await loadModel(network, { engine, weights: (_, { dims }) => float32(dims) });
    const feeds = seededFeeds(zeroed, 2);
    expect([...(await zeroed.vjp({ feeds, target: 0 })).scores]).toEqual([0, 0]);
    const inside = await zeroed.forward({ feeds, outputs: [network.layers[0]!.name] });
    expect((Object.values(inside.outputs)[0]!.data as Float32Array).every((value) => value === 0)).toBe(true);
    expect(await gradientOf(same)).toEqual(plain);
    expect(network.getWeights().map((weight) => Array.from(weight.dataSync()))).toEqual(before);
    await zeroed.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it("of a GraphModel likewise", async () => {
    const graph = await graphModel(...GRAPH);
    const [plain, twice] = [await loadModel(graph, { engine }), await loadModel(graph, { engine, weights: doubled })];
    expect(await gradientOf(plain)).toEqual([2, 4, 6]);
    expect(await gradientOf(twice)).toEqual([4, 8, 12]);
    expect(await gradientOf(plain)).toEqual([2, 4, 6]);
    const output = graph.execute({ x: tf.tensor2d([[1, 0, 0]]) }, "y") as tf.Tensor;
    expect([...output.dataSync()]).toEqual([1, 2]);
  });
});

it("takes what the hook writes into the tensor, and leaves the file as it is", async () => {
  const path = await writeModel(graphArtifacts(...GRAPH));
  const shard = join(dirname(path), "group1-shard1of2.bin");
  const before = await readFile(shard);
  const model = await loadModel(path, {
    engine: "cpu",
    weights: (name, tensor) => {
      expect(name).toBe("kernel");
      tensor.data.fill(7);
      return tensor;
    },
  });
  expect(await gradientOf(model)).toEqual([7, 7, 7]);
  expect(await readFile(shard)).toEqual(before);
});

it("names weights as the file does, however often it is loaded", async () => {
  const path = await writeModel(await artifactsOf(LAYERS_MODELS["LSTM"]!()));
  const namesOf = async (): Promise<readonly string[]> => {
    const names: string[] = [];
    await loadModel(path, { engine: "cpu", weights: (name, tensor) => (names.push(name), tensor) });
    return names;
  };
  const names = await namesOf();
  expect(names).toHaveLength(5);
  expect(await namesOf()).toEqual(names);
});

it("refuses replacements of other dims or types, and a function's weights, and frees what it loaded", async () => {
  const network: LayersModel = LAYERS_MODELS["LSTM"]!();
  const path = await writeModel(await artifactsOf(network));
  const before = tf.memory().numTensors;
  for (const weights of [
    () => float32([1]),
    (_: string, { dims }: FloatTensor) => ({ type: "int32", dims, data: new Int32Array(1) }) as never,
    () => undefined as never,
  ]) {
    await expect(loadModel(path, { engine: "cpu", weights })).rejects.toMatchObject({ code: "OPTION_INVALID", details: { option: "weights" } });
  }
  expect(tf.memory().numTensors).toBe(before);
  const declared = { engine: "cpu", inputs: [{ name: "x", dims: [null, 2] }], outputs: [{ name: "y", dims: [null, 2] }] };
  await expect(loadModel((x) => tf.relu(x!), { ...declared, weights: doubled })).rejects.toMatchObject({ code: "OPTION_INVALID" });
});

it("hands weights over in the order of their use: layer by layer, and operator by operator", async () => {
  const namesOf = async (source: Parameters<typeof loadModel>[0]): Promise<readonly string[]> => {
    const names: string[] = [];
    await loadModel(source, { engine: "cpu", weights: (name, tensor) => (names.push(name), tensor) });
    return names;
  };
  const network = LAYERS_MODELS["batch normalization in all variants"]!();
  // TensorFlow.js lists what a normalisation averaged behind all that was trained.
  expect(await namesOf(network)).toEqual(network.layers.flatMap(({ weights }) => weights.map(({ originalName }) => originalName)));
  expect(network.weights.map(({ originalName }) => originalName)).not.toEqual(await namesOf(network));

  const binary = (name: string, op: string, ...input: string[]): typeof matMul => ({ ...matMul, name, op, input, attr: floatType as never });
  const values = [1, 2];
  const graph = await graphModel(
    [placeholder("x", [-1, 2]), binary("h", "Mul", "x", "first"), binary("folded", "Add", "left", "right"), binary("y", "Add", "h", "folded")],
    ["right", "left", "first"].map((name) => ({ name, shape: [2], values })),
  );
  expect(await namesOf(graph)).toEqual(["first", "left", "right"]);
  const model = await loadModel(graph, { engine: "cpu", weights: (name, tensor) => (name === "first" ? float32([2], [5, 7]) : tensor) });
  expect((await model.vjp({ feeds: { x: float32([1, 2], [1, 1]) }, target: 1 })).gradients["x"]!.data).toEqual(Float32Array.of(0, 7));
});
