import { sequential, layers } from "@tensorflow/tfjs-layers";
import { setBackend } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import type { Model, WeightsHook } from "@xdeep/core";
import { modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { loadModel as loadOnnx } from "@xdeep/onnxruntime";
import { loadModel as loadTfjs } from "@xdeep/tfjs";
import * as tf from "@tensorflow/tfjs-core";

import { numbers } from "./stored.ts";

await setBackend("cpu");

/** y = x W + b: 6 inputs, 2 scores. */
export const W: Float32Array = numbers(1, 12);
const B: Float32Array = Float32Array.of(0.5, -1);
/** x W₁ through ReLU, W₂: 6 inputs, 5 units, 2 scores. */
const [W1, W2]: readonly [Float32Array, Float32Array] = [numbers(2, 30), numbers(3, 10)];

type Load = (weights?: WeightsHook) => Promise<Model>;

const networks = {
  linear: sequential({ layers: [layers.dense({ units: 2, inputShape: [6] })] }),
  perceptron: sequential({
    layers: [layers.dense({ units: 5, inputShape: [6], activation: "relu", useBias: false }), layers.dense({ units: 2, useBias: false })],
  }),
};
networks.linear.setWeights([tf.tensor2d(W, [6, 2]), tf.tensor1d(B)]);
networks.perceptron.setWeights([tf.tensor2d(W1, [6, 5]), tf.tensor2d(W2, [5, 2])]);

/** The same two networks on each backend. */
export const BACKENDS: readonly { readonly name: string; readonly linear: Load; readonly perceptron: Load }[] = [
  {
    name: "onnxruntime",
    linear: (weights) =>
      loadOnnx(
        writeModel(
          modelProto({
            inputs: [valueInfoProto("x", "float32", ["N", 6])],
            outputs: [valueInfoProto("y", "float32", ["N", 2])],
            initializers: [tensorProto("w", { type: "float32", dims: [6, 2], data: W }), tensorProto("b", { type: "float32", dims: [2], data: B })],
            nodes: [nodeProto("Gemm", ["x", "w", "b"], ["y"])],
          }),
        ),
        { weights },
      ),
    perceptron: (weights) =>
      loadOnnx(
        writeModel(
          modelProto({
            inputs: [valueInfoProto("x", "float32", ["N", 6])],
            outputs: [valueInfoProto("y", "float32", ["N", 2])],
            initializers: [tensorProto("w2", { type: "float32", dims: [5, 2], data: W2 }), tensorProto("w1", { type: "float32", dims: [6, 5], data: W1 })],
            nodes: [nodeProto("MatMul", ["x", "w1"], ["z"]), nodeProto("Relu", ["z"], ["h"]), nodeProto("MatMul", ["h", "w2"], ["y"])],
          }),
        ),
        { weights },
      ),
  },
  {
    name: "tfjs",
    linear: (weights) => loadTfjs(networks.linear, { engine: "cpu", weights }),
    perceptron: (weights) => loadTfjs(networks.perceptron, { engine: "cpu", weights }),
  },
];
