// A small transformer over tokens, with seeded weights: 50 words, 16 places, one attention head, 4 classes.
import { createNoise } from "@xdeep/core/method";
import { modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";

const [WORDS, PLACES, WIDTH, INNER, CLASSES] = [50, 16, 32, 64, 4];

/** The model: `ids` int64 [N, 16] in, `classes` [N, 4] out, its embeddings at "embedded". */
export function tokenNetwork() {
  let stream = 0;
  const weight = (name, dims) => {
    const size = dims.reduce((a, b) => a * b, 1);
    const scale = 1 / Math.sqrt(dims.at(-2) ?? dims[0]);
    return tensorProto(name, { type: "float32", dims, data: Float32Array.from(createNoise(1, stream++).next(size), (value) => scale * value) });
  };
  const ints = (name, values) => tensorProto(name, { type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) });
  const ones = (name) => tensorProto(name, { type: "float32", dims: [WIDTH], data: new Float32Array(WIDTH).fill(1) });
  const zeros = (name) => tensorProto(name, { type: "float32", dims: [WIDTH], data: new Float32Array(WIDTH) });
  return modelProto({
    name: "tokens",
    inputs: [valueInfoProto("ids", "int64", ["N", PLACES])],
    outputs: [valueInfoProto("classes", "float32", ["N", CLASSES])],
    initializers: [
      weight("words", [WORDS, WIDTH]),
      weight("places", [PLACES, WIDTH]),
      ...["query", "key", "value"].map((name) => weight(`w_${name}`, [WIDTH, WIDTH])),
      weight("w_in", [WIDTH, INNER]),
      weight("w_out", [INNER, WIDTH]),
      weight("w_classes", [WIDTH, CLASSES]),
      tensorProto("root", { type: "float32", dims: [], data: Float32Array.of(1 / Math.sqrt(WIDTH)) }),
      ...["1", "2"].flatMap((n) => [ones(`scale_${n}`), zeros(`shift_${n}`)]),
      ints("axis", [1]),
    ],
    nodes: [
      nodeProto("Gather", ["words", "ids"], ["embedded"]),
      nodeProto("Add", ["embedded", "places"], ["placed"]),
      ...["query", "key", "value"].map((name) => nodeProto("MatMul", ["placed", `w_${name}`], [name])),
      nodeProto("Transpose", ["key"], ["turned"], { perm: [0, 2, 1] }),
      nodeProto("MatMul", ["query", "turned"], ["products"]),
      nodeProto("Mul", ["products", "root"], ["scores"]),
      nodeProto("Softmax", ["scores"], ["attention"], { axis: -1 }),
      nodeProto("MatMul", ["attention", "value"], ["attended"]),
      nodeProto("Add", ["placed", "attended"], ["sum_1"]),
      nodeProto("LayerNormalization", ["sum_1", "scale_1", "shift_1"], ["normal_1"], { axis: -1 }),
      nodeProto("MatMul", ["normal_1", "w_in"], ["inner"]),
      nodeProto("Tanh", ["inner"], ["active"]),
      nodeProto("MatMul", ["active", "w_out"], ["outer"]),
      nodeProto("Add", ["normal_1", "outer"], ["sum_2"]),
      nodeProto("LayerNormalization", ["sum_2", "scale_2", "shift_2"], ["normal_2"], { axis: -1 }),
      nodeProto("ReduceMean", ["normal_2", "axis"], ["mean"], { keepdims: 0 }),
      nodeProto("MatMul", ["mean", "w_classes"], ["classes"]),
    ],
  });
}

/** Rows of tokens, [rows, 16]. */
export function tokenRows(rows) {
  const numbers = createNoise(2).next(rows * PLACES);
  return { type: "int64", dims: [rows, PLACES], data: BigInt64Array.from(numbers, (value) => BigInt(Math.min(WORDS - 1, Math.abs(Math.round(value * 20))))) };
}
