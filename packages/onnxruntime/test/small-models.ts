import { type FloatTensor, float32, sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import {
  type Dim,
  type FunctionProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
  modelProto,
  nodeProto,
  tensorProto,
  valueInfoProto,
  withFields,
} from "@xdeep/onnx";

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
      weights("k1", 11, [8, 3, 3, 3]),
      weights("c1", 12, [8]),
      weights("k2", 13, [8, 8, 2, 2]),
      weights("w", 14, [4, 8]),
      weights("b", 15, [4]),
      tensorProto("zero", float32([], [0])),
      tensorProto("six", float32([], [6])),
    ],
  });
}

/**
 * ids [batch, tokens] int64, mask [batch, tokens] int64 → Gather "embedded" [batch, tokens, 6] → masked self-attention → mean → logits [batch, 2].
 */
export function tokenModel(): ModelProto {
  return modelProto({
    nodes: [
      nodeProto("Gather", ["table", "ids"], ["embedded"], {}, { name: "embedding" }),
      nodeProto("MatMul", ["embedded", "wq"], ["queries"]),
      nodeProto("MatMul", ["embedded", "wk"], ["keys"]),
      nodeProto("Transpose", ["keys"], ["keysT"], { perm: [0, 2, 1] }),
      nodeProto("MatMul", ["queries", "keysT"], ["similarity"]),
      nodeProto("Cast", ["mask"], ["maskFloat"], { to: 1 }),
      nodeProto("Sub", ["one", "maskFloat"], ["hiddenTokens"]),
      nodeProto("Mul", ["hiddenTokens", "low"], ["penalty"]),
      nodeProto("Unsqueeze", ["penalty", "axis1"], ["penaltyRow"]),
      nodeProto("Add", ["similarity", "penaltyRow"], ["masked"]),
      nodeProto("Softmax", ["masked"], ["attention"], { axis: -1 }),
      nodeProto("MatMul", ["attention", "embedded"], ["mixed"]),
      nodeProto("Tanh", ["mixed"], ["bent"]),
      nodeProto("ReduceMean", ["bent", "axis1"], ["pooled"], { keepdims: 0 }),
      nodeProto("Gemm", ["pooled", "w", "b"], ["logits"]),
    ],
    inputs: [valueInfoProto("ids", "int64", ["N", "tokens"]), valueInfoProto("mask", "int64", ["N", "tokens"])],
    outputs: [valueInfoProto("logits", "float32", ["N", 2])],
    initializers: [
      weights("table", 21, [20, 6]),
      weights("wq", 22, [6, 6]),
      weights("wk", 23, [6, 6]),
      weights("w", 24, [6, 2]),
      weights("b", 25, [2]),
      tensorProto("one", float32([], [1])),
      tensorProto("low", float32([], [-10000])),
      intList("axis1", [1]),
    ],
  });
}

/** uint8 pixels [batch, 5, 5, 3] → Transpose to NCHW → Cast "pixelsFloat" → scaled → Conv, Relu → mean → logits [batch, 3]. */
export function pixelModel(): ModelProto {
  return modelProto({
    nodes: [
      nodeProto("Transpose", ["pixels"], ["planes"], { perm: [0, 3, 1, 2] }),
      nodeProto("Cast", ["planes"], ["pixelsFloat"], { to: 1 }),
      nodeProto("Mul", ["pixelsFloat", "scale"], ["scaled"]),
      nodeProto("Conv", ["scaled", "k", "c"], ["conv"], { kernel_shape: [3, 3] }),
      nodeProto("Relu", ["conv"], ["relu"]),
      nodeProto("GlobalAveragePool", ["relu"], ["mean"]),
      nodeProto("Flatten", ["mean"], ["flat"]),
      nodeProto("MatMul", ["flat", "w"], ["logits"]),
    ],
    inputs: [valueInfoProto("pixels", "uint8", ["N", 5, 5, 3])],
    outputs: [valueInfoProto("logits", "float32", ["N", 3])],
    initializers: [weights("k", 31, [6, 3, 3, 3]), weights("c", 32, [6]), weights("w", 33, [6, 3]), tensorProto("scale", float32([], [1 / 255]))],
  });
}

/** An output that is a sequence of maps from int64 to float32, as ZipMap makes it. */
export function mapSequenceOutput(name: string): ValueInfoProto {
  const info = valueInfoProto(name, "float32", []);
  const map = {
    $typeName: "onnx.TypeProto",
    denotation: "",
    value: { case: "mapType", value: { $typeName: "onnx.TypeProto.Map", keyType: 7, valueType: info.type } },
  };
  const value = { $typeName: "onnx.TypeProto.Sequence", elemType: map };
  return withFields(info, { type: withFields(info.type!, { value: { case: "sequenceType", value: value as never } }) });
}

/** A model-local function of opset 18. */
export function functionProto(
  domain: string,
  name: string,
  input: readonly string[],
  output: readonly string[],
  node: readonly NodeProto[],
  domains: readonly string[] = [],
): FunctionProto {
  const opsetImport = [{ domain: "", version: 18n }, ...domains.map((other) => ({ domain: other, version: 1n }))].map((entry) => ({
    $typeName: "onnx.OperatorSetIdProto",
    ...entry,
  }));
  return {
    $typeName: "onnx.FunctionProto",
    domain,
    name,
    input: [...input],
    output: [...output],
    node: [...node],
    attribute: [],
    attributeProto: [],
    opsetImport,
    docString: "",
    overload: "",
    valueInfo: [],
    metadataProps: [],
  } as unknown as FunctionProto;
}
