import { type FloatTensor, type Model, float32, sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { type ModelProto, type NodeProto, type TensorProto, modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";

/** Seeded normal numbers times a factor. */
export function numbers(seed: number, dims: readonly number[], factor = 1): FloatTensor {
  return float32(
    dims,
    Float32Array.from(createNoise(seed).next(sizeOf(dims)), (value) => value * factor),
  );
}

export function weight(name: string, seed: number, dims: readonly number[], factor = 1): TensorProto {
  return tensorProto(name, numbers(seed, dims, factor));
}

/** A network from "x" [N, …dims] to "y" [N, 3]. */
export function network(dims: readonly number[], nodes: readonly NodeProto[], initializers: readonly TensorProto[]): ModelProto {
  return modelProto({
    inputs: [valueInfoProto("x", "float32", ["N", ...dims])],
    outputs: [valueInfoProto("y", "float32", ["N", 3])],
    nodes,
    initializers,
  });
}

export function load(model: ModelProto): Promise<Model> {
  return loadModel(writeModel(model));
}

/** y = x w + b. */
export const linear: ModelProto = network([4], [nodeProto("Gemm", ["x", "w", "b"], ["y"])], [weight("w", 1, [4, 3]), weight("b", 2, [3])]);

/** Two layers with a ReLU between, the first scaled by `factor`, the second by its inverse: one function whatever the factor. */
export function scaled(factor: number): ModelProto {
  return network(
    [6],
    [nodeProto("Gemm", ["x", "w", "b"], ["z"]), nodeProto("Relu", ["z"], ["h"]), nodeProto("Gemm", ["h", "v"], ["y"])],
    [weight("w", 1, [6, 8], factor), weight("b", 2, [8], factor), weight("v", 3, [8, 3], 1 / factor)],
  );
}

/** Pictures [N, 2, 8, 8]: convolution, ReLU, a pool whose windows overlap, a convolution, a linear layer. */
export function pictures(biases: 0 | 1 = 1): ModelProto {
  return network(
    [2, 8, 8],
    [
      nodeProto("Conv", ["x", "k", "b"], ["c1"], { pads: [1, 1, 1, 1], kernel_shape: [3, 3] }, { name: "features/first" }),
      nodeProto("Relu", ["c1"], ["r1"]),
      nodeProto("MaxPool", ["r1"], ["p1"], { kernel_shape: [3, 3], strides: [2, 2] }),
      nodeProto("Conv", ["p1", "k2", "b2"], ["c2"], { kernel_shape: [2, 2] }, { name: "features/second" }),
      nodeProto("Relu", ["c2"], ["r2"]),
      nodeProto("Flatten", ["r2"], ["f"]),
      nodeProto("Gemm", ["f", "w", "b3"], ["y"], {}, { name: "classifier" }),
    ],
    [
      weight("k", 1, [4, 2, 3, 3]),
      weight("b", 2, [4], biases),
      weight("k2", 3, [5, 4, 2, 2]),
      weight("b2", 4, [5], biases),
      weight("w", 5, [20, 3]),
      weight("b3", 6, [3], biases),
    ],
  );
}

/** Tokens [N, 5] of 7 kinds, embedded in 3 numbers, summed over the sequence after a tanh. */
export const tokens: ModelProto = modelProto({
  inputs: [valueInfoProto("ids", "int64", ["N", 5])],
  outputs: [valueInfoProto("y", "float32", ["N", 3])],
  nodes: [
    nodeProto("Gather", ["table", "ids"], ["embedded"]),
    nodeProto("MatMul", ["embedded", "w"], ["z"]),
    nodeProto("Tanh", ["z"], ["t"]),
    nodeProto("ReduceSum", ["t", "axes"], ["y"], { keepdims: 0 }),
  ],
  initializers: [weight("table", 1, [7, 3]), weight("w", 2, [3, 3]), tensorProto("axes", { type: "int64", dims: [1], data: BigInt64Array.of(1n) })],
});
