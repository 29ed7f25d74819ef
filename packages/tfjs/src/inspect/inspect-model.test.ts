import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { ENGINES } from "../../test/engines.ts";
import { type GraphNode, floatType, graphModel, placeholder } from "../../test/graph-model.ts";
import { LAYERS_MODELS } from "../../test/layers-models.ts";
import { artifactsOf, writeModel } from "../../test/model-folder.ts";
import { inspectModel, loadModel } from "../index.ts";

const declared = (
  dims: readonly (number | null)[],
): {
  readonly inputs: [{ name: string; dims: readonly (number | null)[] }];
  readonly outputs: [{ name: string; dims: readonly (number | null)[] }];
  readonly engine: string;
} => ({
  engine: "cpu",
  inputs: [{ name: "x", dims }],
  outputs: [{ name: "y", dims }],
});

describe.each(ENGINES)("inspectModel on %s", (engine) => {
  it("says what loadModel will do with every network", async () => {
    for (const make of Object.values(LAYERS_MODELS)) {
      const network = make();
      const [found, model] = [await inspectModel(network, { engine }), await loadModel(network, { engine })];
      expect(found.explainable).toBe(true);
      expect(found.inputs.map(({ name }) => name)).toEqual(model.inputs.map(({ name }) => name));
      expect(found.outputs.map(({ name, dims, activation, problem }) => [name, dims, activation, problem])).toEqual(
        model.outputs.map(({ name, dims, activation }) => [name, dims, activation, null]),
      );
      expect(found.operators.filter(({ rule, onPath }) => onPath > 0 && rule !== "yes")).toEqual([]);
      const feeds = Object.fromEntries(
        found.inputs.map(({ name, dims }) => [
          name,
          {
            type: "float32" as const,
            dims: dims.map((size, axis) => size ?? (axis === 0 ? 1 : 5)),
            data: new Float32Array(dims.reduce<number>((size, dim, axis) => size * (dim ?? (axis === 0 ? 1 : 5)), 1)).fill(0.3),
          },
        ]),
      );
      // Every value that is listed can be attributed to.
      const { gradients } = await model.vjp({ feeds, wrt: found.values.map(({ name }) => name), target: 0 });
      expect(Object.keys(gradients)).toEqual(found.values.map(({ name }) => name));
    }
  });
});

it("names the logit, the rectifiers as they are counted, and frees what it loaded", async () => {
  const path = await writeModel(await artifactsOf(LAYERS_MODELS["convolutions, pooling, dense softmax"]!()));
  const before = tf.memory().numTensors;
  const found = await inspectModel(path, { engine: "cpu" });
  expect(tf.memory().numTensors).toBe(before);
  expect(found.outputs[0]).toMatchObject({ activation: "softmax", logit: null, instead: [], mixesRows: null });
  expect(found.rectifiers).toEqual([
    { op: "Relu", count: 1, byDefault: true },
    { op: "Elu", count: 1, byDefault: false },
  ]);
  const model = await loadModel(path, { engine: "cpu" });
  const [{ name }] = model.inputs as [(typeof model.inputs)[0]];
  const feeds = { [name]: { type: "float32" as const, dims: [1, 8, 8, 3], data: new Float32Array(192).fill(0.5) } };
  expect((await model.vjp({ feeds, rule: "guided", rectifiers: ["Relu", "Elu"] })).rectifiers).toBe(2);
});

it("lists kernels without a rule, where loadModel refuses", async () => {
  const f = (x: tf.Tensor): tf.Tensor => tf.add(tf.round(x), tf.real(tf.fft(tf.complex(tf.relu(x), tf.zerosLike(x)))));
  await expect(loadModel(f, declared([null, 4]))).rejects.toMatchObject({ code: "GRADIENT_MISSING" });
  const found = await inspectModel(f, declared([null, 4]));
  expect(found).toMatchObject({ explainable: false, values: [] });
  expect(found.outputs[0]!.problem).toBe("no rule for Complex, FFT, Real");
  expect(Object.fromEntries(found.operators.map(({ op, rule }) => [op, rule]))).toMatchObject({ Complex: "no", FFT: "no", Relu: "yes", Round: "zero" });
  const squares = (x: tf.Tensor): tf.Tensor => tf.matMul(tf.reshape(x, [2, 1, 2, 3]), tf.ones([1, 3, 3, 2]));
  expect((await inspectModel(squares, declared([2, 6]))).outputs[0]!.problem).toBe("no rule for BatchMatMul");
});

it("names what to explain in place of an output without gradient", async () => {
  const nodes: GraphNode[] = [
    placeholder("x", [-1, 3]),
    { name: "scores", op: "Tanh", input: ["x"], attr: floatType },
    { name: "probabilities", op: "Softmax", input: ["scores"], attr: floatType },
    { name: "best", op: "ArgMax", input: ["probabilities", "axis"], attr: { ...floatType, output_type: { type: "DT_INT32" } } },
  ];
  const graph = await graphModel(nodes, [{ name: "axis", shape: [], values: [1], dtype: "int32" }]);
  const found = await inspectModel(graph, { engine: "cpu" });
  expect(found.outputs).toEqual([
    {
      name: "best",
      type: "int32",
      dims: [null],
      explainable: false,
      problem: "type int32 has no gradient",
      logit: null,
      activation: null,
      instead: ["scores"],
      mixesRows: null,
    },
  ]);
  const model = await loadModel(graph, { engine: "cpu" });
  const feeds = { x: { type: "float32" as const, dims: [1, 3], data: Float32Array.of(1, 2, 3) } };
  expect((await model.vjp({ feeds, output: found.outputs[0]!.instead[0]! })).target).toEqual([2]);
});

it("tells rows that depend on each other", async () => {
  const mixed = await inspectModel((x) => tf.sub(x!, tf.mean(x!, 0, true)), declared([null, 4]));
  expect(mixed.outputs[0]!.mixesRows).toBe("Mean");
  const apart = await inspectModel((x) => tf.transpose(tf.mul(tf.transpose(x!), 2)), declared([null, 4]));
  expect(apart.outputs[0]!.mixesRows).toBeNull();
});
