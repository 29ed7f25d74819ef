import "@tensorflow/tfjs-backend-cpu";
import { type SymbolicTensor, input, layers, model as layersModel, sequential } from "@tensorflow/tfjs-layers";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Model } from "@xdeep/core";
import { expect, it } from "vitest";

import { convolutionAttributes, floatType, graphModel, placeholder } from "../../../test/graph-model.ts";
import { loadModel } from "../../index.ts";

const offered = async (model: Model, output?: string): Promise<readonly (readonly [string, number])[]> =>
  (await model.layers!({ output })).map(({ name, channelAxis }) => [name, channelAxis]);
const conv = (name: string, size: number | number[], more: object = {}): ReturnType<typeof layers.conv2d> =>
  layers.conv2d({ name, filters: 5, kernelSize: size, padding: "same", activation: "relu", kernelInitializer: "ones", ...more });

/** A convolution, a branch around another, a pool, and what comes behind. */
function residual(shape: readonly (number | null)[], head: (x: SymbolicTensor) => SymbolicTensor): LayersModel {
  const image = input({ name: "image", shape: [...shape] as number[] });
  const stem = conv("stem", 3).apply(image) as SymbolicTensor;
  const branch = conv("branch", 3).apply(stem) as SymbolicTensor;
  const joined = layers.add({ name: "joined" }).apply([stem, branch]) as SymbolicTensor;
  const norm = layers.batchNormalization({ name: "norm" }).apply(joined) as SymbolicTensor;
  const pool = layers.maxPooling2d({ name: "pool", poolSize: 2 }).apply(layers.dropout({ name: "drop", rate: 0.5 }).apply(norm)) as SymbolicTensor;
  return layersModel({ inputs: image, outputs: head(pool) });
}

const average = (x: SymbolicTensor): SymbolicTensor =>
  layers
    .dense({ kernelInitializer: "ones", name: "scores", units: 3, activation: "softmax" })
    .apply(layers.globalAveragePooling2d({ name: "mean" }).apply(x)) as SymbolicTensor;

it("are those of a LayersModel that every path passes, without pools and what drops nothing at inference", async () => {
  const model = await loadModel(residual([8, 8, 3], average), { engine: "cpu" });
  expect(await offered(model)).toEqual([
    ["stem", 3],
    ["joined", 3],
    ["norm", 3],
  ]);
  expect((await model.layers!()).at(-1)).toMatchObject({ dims: [null, 8, 8, 5], type: "float32" });
  // Up to the branch there is one path alone.
  expect(await offered(model, "branch")).toEqual([["stem", 3]]);
});

it("are found in a picture that is large enough where sizes are free", async () => {
  const strided = sequential({
    layers: [
      conv("a", 3, { inputShape: [null, null, 3], strides: 8 }),
      conv("b", 3, { strides: 4 }),
      layers.globalAveragePooling2d({ name: "mean" }),
      layers.dense({ kernelInitializer: "ones", name: "scores", units: 2 }),
    ],
  });
  const model = await loadModel(strided, { engine: "cpu" });
  expect(await offered(model)).toEqual([
    ["a", 3],
    ["b", 3],
  ]);
});

it("are those in front of a flatten, and of a dense layer that mixes no positions", async () => {
  const tokens = sequential({
    layers: [
      layers.dense({ kernelInitializer: "ones", name: "mix", units: 4, inputShape: [6, 3], activation: "tanh" }),
      layers.dense({ kernelInitializer: "ones", name: "apart", units: 5 }),
      layers.flatten({ name: "flat" }),
      layers.dense({ kernelInitializer: "ones", name: "scores", units: 2 }),
    ],
  });
  expect(await offered(await loadModel(tokens, { engine: "cpu" }))).toEqual([
    ["mix", 2],
    ["apart", 2],
  ]);
});

it("are where the channels of several branches are put together, and not where positions are", async () => {
  const joined = (axis: number): LayersModel => {
    const image = input({ name: "image", shape: [8, 8, 3] });
    const stem = conv("stem", 3).apply(image) as SymbolicTensor;
    const branches = [1, 3].map((size) => conv(`branch${size}`, size).apply(stem) as SymbolicTensor);
    return layersModel({ inputs: image, outputs: average(layers.concatenate({ name: "joined", axis }).apply(branches) as SymbolicTensor) });
  };
  expect(await offered(await loadModel(joined(-1), { engine: "cpu" }))).toEqual([
    ["stem", 3],
    ["joined", 3],
  ]);
  expect(await offered(await loadModel(joined(1), { engine: "cpu" }))).toEqual([["stem", 3]]);
});

it("are none in a plain perceptron", async () => {
  const model = await loadModel(
    sequential({ layers: [layers.dense({ kernelInitializer: "ones", units: 4, inputShape: [6] }), layers.dense({ kernelInitializer: "ones", units: 2 })] }),
    { engine: "cpu" },
  );
  expect(await offered(model)).toEqual([]);
});

it("of a GraphModel are its nodes, with channels followed through a transpose", async () => {
  const attributes = convolutionAttributes(1, "SAME");
  const nodes = [
    placeholder("x", [-1, 4, 4, 2]),
    { name: "conv", op: "Conv2D", input: ["x", "k"], attr: attributes },
    { name: "relu", op: "Relu", input: ["conv"], attr: floatType },
    { name: "turned", op: "Transpose", input: ["relu", "order"], attr: floatType },
    { name: "cut", op: "Tanh", input: ["turned"], attr: floatType },
    { name: "y", op: "Mean", input: ["cut", "axes"], attr: { ...floatType, keep_dims: { b: false } } },
  ];
  const weights = [
    { name: "k", shape: [1, 1, 2, 3], values: [1, -1, 2, 0.5, 1, -2] },
    { name: "order", shape: [4], values: [0, 3, 1, 2], dtype: "int32" as const },
    { name: "axes", shape: [2], values: [2, 3], dtype: "int32" as const },
  ];
  const model = await loadModel(await graphModel(nodes, weights), { engine: "cpu" });
  expect(await offered(model)).toEqual([
    ["conv", 3],
    ["relu", 3],
    ["cut", 1],
  ]);
});

it("attention is a softmax between two products", async () => {
  const nodes = [
    placeholder("x", [-1, 5, 4]),
    { name: "scores", op: "BatchMatMulV2", input: ["x", "x"], attr: { ...floatType, adj_x: { b: false }, adj_y: { b: true } } },
    { name: "map", op: "Softmax", input: ["scores"], attr: floatType },
    { name: "mixed", op: "BatchMatMulV2", input: ["map", "x"], attr: { ...floatType, adj_x: { b: false }, adj_y: { b: false } } },
    { name: "gate", op: "Softmax", input: ["mixed"], attr: floatType },
    { name: "y", op: "Mean", input: ["gate", "axis"], attr: { ...floatType, keep_dims: { b: false } } },
  ];
  const model = await loadModel(await graphModel(nodes, [{ name: "axis", shape: [1], values: [1], dtype: "int32" }]), { engine: "cpu" });
  expect((await model.attention!()).map(({ name, dims, headsAxis }) => [name, dims, headsAxis])).toEqual([["map", [null, 5, 5], null]]);
});
