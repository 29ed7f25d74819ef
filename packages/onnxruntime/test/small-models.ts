import { type FloatTensor, createNoise, float32, sizeOf } from "@xdeep/core";
import { type Dim, type ModelProto, type TensorProto, type ValueInfoProto, modelProto, nodeProto, tensorProto, valueInfoProto, withFields } from "@xdeep/onnx";

/** Seeded standard normal numbers. */
export function randomTensor(seed: number, dims: readonly number[]): FloatTensor {
  return float32(dims, Float32Array.from(createNoise(seed).next(sizeOf(dims))));
}

/** Seeded weights as an initializer. */
export function weights(name: string, seed: number, dims: readonly number[]): TensorProto {
  return tensorProto(name, randomTensor(seed, dims));
}

/** int64 numbers as an initializer. */
export function intList(name: string, values: readonly number[], dims: readonly number[] = [values.length]): TensorProto {
  return tensorProto(name, { type: "int64", dims, data: BigInt64Array.from(values, BigInt) });
}

/** x [batch, 4] → Gemm → Relu "hidden" [batch, 6] → Gemm → logits [batch, 3]. */
export function perceptron(batch: Dim = "N"): ModelProto {
  return modelProto({
    nodes: [
      nodeProto("Gemm", ["x", "w1", "b1"], ["before"], {}, { name: "first" }),
      nodeProto("Relu", ["before"], ["hidden"], {}, { name: "relu" }),
      nodeProto("Gemm", ["hidden", "w2", "b2"], ["logits"], {}, { name: "second" }),
    ],
    inputs: [valueInfoProto("x", "float32", [batch, 4])],
    outputs: [valueInfoProto("logits", "float32", [batch, 3])],
    initializers: [weights("w1", 1, [4, 6]), weights("b1", 2, [6]), weights("w2", 3, [6, 3]), weights("b2", 4, [3])],
  });
}

/** An input that is a sequence of float tensors. */
export function sequenceInput(name: string): ValueInfoProto {
  const info = valueInfoProto(name, "float32", null);
  const value = { $typeName: "onnx.TypeProto.Sequence", elemType: info.type };
  return withFields(info, { type: withFields(info.type!, { value: { case: "sequenceType", value: value as never } }) });
}

/** image [batch, 3, 6, 6] → Conv, Relu, MaxPool → Conv, ReLU6 → mean → Gemm → Softmax → probabilities [batch, 4]. */
export function smallCnn(batch: Dim = "N"): ModelProto {
  return modelProto({
    nodes: [
      nodeProto("Conv", ["image", "k1", "c1"], ["conv1"], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
      nodeProto("Relu", ["conv1"], ["relu1"]),
      nodeProto("MaxPool", ["relu1"], ["pool"], { kernel_shape: [2, 2], strides: [2, 2] }),
      nodeProto("Conv", ["pool", "k2"], ["conv2"], { kernel_shape: [2, 2] }),
      nodeProto("Clip", ["conv2", "zero", "six"], ["features"]),
      nodeProto("GlobalAveragePool", ["features"], ["mean"]),
      nodeProto("Flatten", ["mean"], ["flat"]),
      nodeProto("Gemm", ["flat", "w", "b"], ["logits"], { transB: 1 }),
      nodeProto("Softmax", ["logits"], ["probabilities"]),
    ],
    inputs: [valueInfoProto("image", "float32", [batch, 3, 6, 6])],
    outputs: [valueInfoProto("probabilities", "float32", [batch, 4])],
    initializers: [
      weights("k1", 11, [8, 3, 3, 3]), weights("c1", 12, [8]), weights("k2", 13, [8, 8, 2, 2]), weights("w", 14, [4, 8]), weights("b", 15, [4]),
      tensorProto("zero", float32([], [0])), tensorProto("six", float32([], [6])),
    ],
  });
}
