import { describe, it } from "vitest";
import { randomValue } from "../src/math/random-value.ts";
import { value64 } from "../src/arrays/value64.ts";
import { type NodeCase, expectSameAsOnnxRuntime } from "./compare-with-onnxruntime.ts";

const noImage = value64("float32", [0, 3, 6, 6]);
const noRow = value64("float32", [0, 4]);
const noColumn = value64("float32", [3, 0]);

const rows: readonly NodeCase[] = [
  { name: "", op: "Conv", inputs: [noImage, randomValue(1, [2, 3, 3, 3])] },
  { name: "", op: "MaxPool", inputs: [noImage], attributes: { kernel_shape: [2, 2] }, outputs: 2 },
  { name: "", op: "AveragePool", inputs: [noImage], attributes: { kernel_shape: [2, 2] } },
  { name: "", op: "Relu", inputs: [noRow] },
  { name: "broadcast", op: "Add", inputs: [noRow, randomValue(2, [4])] },
  { name: "no row", op: "MatMul", inputs: [noRow, randomValue(3, [4, 2])] },
  { name: "nothing to sum", op: "MatMul", inputs: [noColumn, value64("float32", [0, 2])] },
  { name: "nothing to sum", op: "ReduceSum", inputs: [noColumn, value64("int64", [1], [1])] },
  { name: "no result", op: "ReduceSum", inputs: [noRow, value64("int64", [1], [1])] },
  { name: "", op: "Softmax", inputs: [noRow] },
  { name: "", op: "Concat", inputs: [noRow, randomValue(4, [2, 4])], attributes: { axis: 0 } },
  { name: "", op: "Transpose", inputs: [noRow] },
  { name: "no index", op: "Gather", inputs: [randomValue(5, [3, 2]), value64("int64", [0])] },
  { name: "no update", op: "ScatterND", inputs: [randomValue(6, [3, 2]), value64("int64", [0, 1]), value64("float32", [0, 2])] },
  { name: "", op: "LayerNormalization", inputs: [noRow, randomValue(7, [4])] },
  { name: "", op: "NonZero", inputs: [value64("float32", [2], [0, 0])] },
  { name: "no axis", op: "ReduceMax", inputs: [value64("float32", [], [3])] },
  { name: "no axis", op: "Softplus", inputs: [value64("float32", [], [3])] },
];

describe("no elements, no axes", () => {
  it.each(rows)("$op $name", expectSameAsOnnxRuntime);
});
