import { float } from "@xdeep/onnx";
import { describe, it } from "vitest";
import { randomValue } from "../src/math/random-value.ts";
import { type Value64, value64 } from "../src/arrays/value64.ts";
import { type NodeCase, expectSameAsOnnxRuntime } from "./compare-with-onnxruntime.ts";

const x = randomValue(1, [2, 3, 4], { mean: 1.5, scale: 0.4 });
const image = randomValue(2, [2, 6, 3, 4]);
const scale = randomValue(3, [6], { mean: 1 });
const shift = randomValue(4, [6]);
const variance = value64("float32", [6], [0.5, 1, 2, 0.1, 3, 0.7]);

function axes(...list: number[]): Value64 {
  return value64("int64", [list.length], list);
}

const names = ["ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare"];

const reductions: readonly NodeCase[] = names.flatMap((op) => [
  { name: "all", op, inputs: [x] },
  { name: "all, without the axes", op, inputs: [x], attributes: { keepdims: 0 } },
  { name: "outer axes", op, inputs: [x, axes(0, -1)] },
  { name: "middle axis gone", op, inputs: [x, axes(1)], attributes: { keepdims: 0 } },
  { name: "empty axes, no-op", op, inputs: [x, axes()], attributes: { noop_with_empty_axes: 1 } },
  { name: "empty axes, all", op, inputs: [x, axes()] },
]);

const lines: readonly NodeCase[] = ["Softmax", "LogSoftmax", "Hardmax"].flatMap((op) => [
  { name: "default axis", op, inputs: [image] },
  { name: "axis 1", op, inputs: [image], attributes: { axis: 1 } },
  { name: "large numbers", op, inputs: [randomValue(5, [3, 4], { scale: 500 })] },
]);

const normalizations: readonly NodeCase[] = [
  { name: "inference", op: "BatchNormalization", inputs: [image, scale, shift, randomValue(6, [6]), variance], attributes: { epsilon: float(0.01) } },
  { name: "1-D", op: "BatchNormalization", inputs: [randomValue(7, [3, 6]), scale, shift, randomValue(6, [6]), variance] },
  { name: "default", op: "LayerNormalization", inputs: [image, randomValue(8, [4]), randomValue(9, [4])], outputs: 3 },
  { name: "axis, no bias", op: "LayerNormalization", inputs: [image, randomValue(10, [3, 4])], attributes: { axis: -2, epsilon: float(0.1) }, outputs: 3 },
  { name: "", op: "InstanceNormalization", inputs: [image, scale, shift], attributes: { epsilon: float(0.1) } },
  { name: "per group", op: "GroupNormalization", inputs: [image, randomValue(11, [2]), randomValue(12, [2])], attributes: { num_groups: 2 }, opset: 20 },
  { name: "per channel", op: "GroupNormalization", inputs: [image, scale, shift], attributes: { num_groups: 3, epsilon: float(0.2) } },
  { name: "", op: "RMSNormalization", inputs: [image, randomValue(13, [4])], attributes: { epsilon: float(0.1) }, opset: 23 },
  { name: "axis", op: "RMSNormalization", inputs: [image, randomValue(14, [3, 4])], attributes: { axis: 2 }, opset: 23 },
  { name: "default", op: "LpNormalization", inputs: [x] },
  { name: "p = 1, axis", op: "LpNormalization", inputs: [image], attributes: { p: 1, axis: 1 } },
  { name: "zeros", op: "LpNormalization", inputs: [value64("float32", [2, 3])] },
  { name: "default", op: "MeanVarianceNormalization", inputs: [image] },
  { name: "axes", op: "MeanVarianceNormalization", inputs: [image], attributes: { axes: [1, 2] } },
];

const products: readonly NodeCase[] = [
  { name: "matrices", op: "MatMul", inputs: [randomValue(15, [3, 4]), randomValue(16, [4, 2])] },
  { name: "batches broadcast", op: "MatMul", inputs: [randomValue(17, [2, 1, 3, 4]), randomValue(18, [5, 4, 2])] },
  { name: "vector times matrices", op: "MatMul", inputs: [randomValue(19, [4]), randomValue(20, [2, 4, 3])] },
  { name: "matrices times vector", op: "MatMul", inputs: [randomValue(21, [2, 3, 4]), randomValue(22, [4])] },
  { name: "vectors", op: "MatMul", inputs: [randomValue(23, [4]), randomValue(24, [4])] },
  {
    name: "transposed",
    op: "Gemm",
    inputs: [randomValue(25, [4, 3]), randomValue(26, [5, 4]), randomValue(27, [5])],
    attributes: { transA: 1, transB: 1, alpha: float(0.5), beta: float(-2) },
  },
  { name: "without C", op: "Gemm", inputs: [randomValue(28, [3, 4]), randomValue(29, [4, 5])] },
  { name: "column C", op: "Gemm", inputs: [randomValue(28, [3, 4]), randomValue(29, [4, 5]), randomValue(30, [3, 1])] },
  ...["ij,jk->ik", "ij,jk", "ij,kj->ki"].map((equation) => ({
    name: equation,
    op: "Einsum",
    inputs: [randomValue(31, [3, 4]), randomValue(32, equation.includes("kj") ? [2, 4] : [4, 2])],
    attributes: { equation },
  })),
  ...["ii->i", "ii", "ij->ji", "ij->"].map((equation) => ({ name: equation, op: "Einsum", inputs: [randomValue(33, [4, 4])], attributes: { equation } })),
  {
    name: "b...ij,...jk->b...ik",
    op: "Einsum",
    inputs: [randomValue(34, [2, 3, 2, 4]), randomValue(35, [3, 4, 5])],
    attributes: { equation: "b...ij,...jk->b...ik" },
  },
  { name: "three operands", op: "Einsum", inputs: [randomValue(36, [3]), randomValue(37, [3, 4]), randomValue(38, [4])], attributes: { equation: "i,ij,j->" } },
  { name: "batches", op: "Det", inputs: [randomValue(39, [2, 4, 4])] },
];

describe("reductions, products and normalization", () => {
  it.each([...reductions, ...lines, ...normalizations, ...products])("$op $name", expectSameAsOnnxRuntime);
});
