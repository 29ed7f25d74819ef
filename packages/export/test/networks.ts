import { type Input, type Tensor, float32 } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { type Dim, type ModelProto, type NodeProto, type TensorProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";

/** Seeded normal numbers. */
export function numbers(seed: number, count: number): Float32Array {
  return Float32Array.from(createNoise(seed).next(count));
}

function weight(name: string, seed: number, dims: readonly number[]): TensorProto {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return tensorProto(name, {
    type: "float32",
    dims,
    data: numbers(seed, size).map((value) => value / Math.sqrt(dims.slice(1).reduce((a, b) => a * b, 1) || 1)),
  });
}

function ints(name: string, values: readonly number[]): TensorProto {
  return tensorProto(name, { type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) });
}

/** Pictures [N, 3, 8, 8] through two convolutions, a pool, and a linear layer with softmax: 5 classes. Nodes have no names, as many exporters write them. */
export function convNet(batch: Dim = "N"): ModelProto {
  return modelProto({
    inputs: [valueInfoProto("image", "float32", [batch, 3, 8, 8])],
    outputs: [valueInfoProto("probabilities", "float32", [batch, 5])],
    initializers: [
      weight("k1", 1, [6, 3, 3, 3]),
      weight("k2", 2, [8, 6, 3, 3]),
      weight("b2", 3, [8]),
      weight("w", 4, [32, 5]),
      ints("shape", [typeof batch === "number" ? batch : -1, 32]),
    ],
    nodes: [
      nodeProto("Conv", ["image", "k1"], ["c1"], { pads: [1, 1, 1, 1] }),
      nodeProto("Relu", ["c1"], ["h1"]),
      nodeProto("Conv", ["h1", "k2", "b2"], ["c2"], { pads: [1, 1, 1, 1], strides: [2, 2] }),
      nodeProto("Relu", ["c2"], ["h2"]),
      nodeProto("MaxPool", ["h2"], ["p"], { kernel_shape: [2, 2], strides: [2, 2] }),
      nodeProto("Reshape", ["p", "shape"], ["f"]),
      nodeProto("MatMul", ["f", "w"], ["logits"]),
      nodeProto("Softmax", ["logits"], ["probabilities"], { axis: -1 }),
    ],
  });
}

/** Tokens [N, 4] of a vocabulary of 7, their embeddings [N, 4, 6], tanh, a mean and two classes. */
export function tokenNet(): ModelProto {
  return modelProto({
    inputs: [valueInfoProto("ids", "int64", ["N", 4])],
    outputs: [valueInfoProto("classes", "float32", ["N", 2])],
    initializers: [weight("table", 5, [7, 6]), weight("w1", 6, [6, 6]), weight("w2", 7, [6, 2]), ints("axis", [1])],
    nodes: [
      nodeProto("Gather", ["table", "ids"], ["embedded"], { axis: 0 }),
      nodeProto("MatMul", ["embedded", "w1"], ["m"]),
      nodeProto("Tanh", ["m"], ["t"]),
      nodeProto("ReduceMean", ["t", "axis"], ["mean"], { keepdims: 0 }),
      nodeProto("MatMul", ["mean", "w2"], ["classes"]),
    ],
  });
}

/** A picture and a row of numbers, joined: two inputs with names of their own for one batch. */
export function twoInputs(): ModelProto {
  return modelProto({
    inputs: [valueInfoProto("a", "float32", ["rows", 4]), valueInfoProto("b", "float32", ["batch", 3])],
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: [weight("w", 8, [7, 3])],
    nodes: [nodeProto("Concat", ["a", "b"], ["j"], { axis: 1 }), nodeProto("Sigmoid", ["j"], ["s"]), nodeProto("MatMul", ["s", "w"], ["y"])],
  });
}

/** Rows [N, 3, 8, 8] to [N, 4, 5, 2], as classes of places: softmax over the last axis. Entries of channel 3 are those of channel 1, and tie with them. */
export function placesNet(): ModelProto {
  const data = numbers(12, 192 * 40).map((value) => value / 8);
  for (let i = 0; i < 192; i++) for (let k = 0; k < 10; k++) data[i * 40 + 30 + k] = data[i * 40 + 10 + k]!;
  return modelProto({
    inputs: [valueInfoProto("image", "float32", ["N", 3, 8, 8])],
    outputs: [valueInfoProto("places", "float32", ["N", 4, 5, 2])],
    initializers: [tensorProto("w", { type: "float32", dims: [192, 40], data }), ints("flat", [-1, 192]), ints("rows", [-1, 4, 5, 2])],
    nodes: [
      nodeProto("Reshape", ["image", "flat"], ["f"]),
      nodeProto("Tanh", ["f"], ["t"]),
      nodeProto("MatMul", ["t", "w"], ["m"]),
      nodeProto("Reshape", ["m", "rows"], ["logits"]),
      nodeProto("Softmax", ["logits"], ["places"], { axis: -1 }),
    ],
  });
}

/** Rows [N, 3, 8, 8] to classes of steps, [2, N, 5], as networks that read text give them; `turned`: [N, 2, 5]. */
export function stepsFirst(turned: boolean): ModelProto {
  return modelProto({
    inputs: [valueInfoProto("image", "float32", ["N", 3, 8, 8])],
    outputs: [valueInfoProto(turned ? "rows" : "steps", "float32", null)],
    initializers: [weight("w", 13, [96, 5]), ints("parts", [-1, 2, 96])],
    nodes: [
      nodeProto("Reshape", ["image", "parts"], ["halves"]),
      nodeProto("Tanh", ["halves"], ["t"]),
      nodeProto("Transpose", ["t"], ["turned"], { perm: [1, 0, 2] }),
      nodeProto("MatMul", ["turned", "w"], ["steps"]),
      nodeProto("Transpose", ["steps"], ["rows"], { perm: [1, 0, 2] }),
    ],
  });
}

/** A batch of 1 with a step in front of the linear layer. */
export function fixedAtOne(nodes: readonly NodeProto[], initializers: readonly TensorProto[] = []): ModelProto {
  return modelProto({
    inputs: [valueInfoProto("x", "float32", [1, 4, 6])],
    outputs: [valueInfoProto("y", "float32", [1, 3])],
    initializers: [
      weight("w", 9, [24, 3]),
      weight("token", 10, [1, 1, 6]),
      weight("wide", 11, [30, 3]),
      ints("flat", [1, -1]),
      ints("heads", [4, 2, 3]),
      ints("axes", [0]),
      ...initializers,
    ],
    nodes,
  });
}

export const pictures = (rows: number): Tensor => float32([rows, 3, 8, 8], numbers(20 + rows, rows * 192));
export const tokens = (rows: number): Tensor => ({
  type: "int64",
  dims: [rows, 4],
  data: BigInt64Array.from({ length: rows * 4 }, (_, i) => BigInt((i * 5 + 2) % 7)),
});
export const pairs = (rows: number): Readonly<Record<string, Tensor>> => ({
  a: float32([rows, 4], numbers(30, rows * 4)),
  b: float32([rows, 3], numbers(31, rows * 3)),
});

/** Feeds by the names of inputs. */
export function feedsOf(names: readonly string[], input: Input): Readonly<Record<string, Tensor>> {
  return Array.isArray((input as Tensor).dims) ? { [names[0]!]: input as Tensor } : (input as Readonly<Record<string, Tensor>>);
}
