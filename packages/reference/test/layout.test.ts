import { float, tensorProto } from "@xdeep/onnx";
import { describe, it } from "vitest";
import { randomValue } from "../src/math/random-value.ts";
import { type Value64, scalar64, value64 } from "../src/arrays/value64.ts";
import { type NodeCase, expectSameAsOnnxRuntime } from "./compare-with-onnxruntime.ts";

const x = randomValue(1, [2, 3, 4]);
const square = randomValue(2, [2, 5, 4]);

function ints(...list: number[]): Value64 {
  return value64("int64", [list.length], list);
}

const rows: readonly NodeCase[] = [
  { name: "zero and minus one", op: "Reshape", inputs: [x, ints(0, -1, 2)] },
  { name: "allowzero", op: "Reshape", inputs: [value64("float32", [0, 3]), ints(3, 0)], attributes: { allowzero: 1 } },
  { name: "default", op: "Flatten", inputs: [x] },
  { name: "axis 0", op: "Flatten", inputs: [x], attributes: { axis: 0 } },
  { name: "negative axis", op: "Flatten", inputs: [x], attributes: { axis: -1 } },
  { name: "all", op: "Squeeze", inputs: [randomValue(3, [1, 3, 1])] },
  { name: "axes", op: "Squeeze", inputs: [randomValue(3, [1, 3, 1]), ints(-1)] },
  { name: "axes", op: "Unsqueeze", inputs: [x, ints(-1, 0)] },
  { name: "default", op: "Transpose", inputs: [x] },
  { name: "perm", op: "Transpose", inputs: [x], attributes: { perm: [1, 2, 0] } },
  { name: "", op: "Expand", inputs: [randomValue(4, [3, 1]), ints(2, 1, 4)] },
  { name: "", op: "Tile", inputs: [x, ints(2, 1, 3)] },
  { name: "starts and ends", op: "Slice", inputs: [x, ints(0, 1), ints(1, 3)] },
  { name: "negative steps", op: "Slice", inputs: [x, ints(-1, 20), ints(-20, 0), ints(2, 1), ints(-2, -1)] },
  { name: "to the largest int64", op: "Slice", inputs: [x, ints(1), ints(2 ** 62), ints(-1)] },
  { name: "empty", op: "Slice", inputs: [x, ints(2), ints(1), ints(1)] },
  { name: "", op: "Concat", inputs: [x, randomValue(5, [2, 1, 4]), randomValue(6, [2, 2, 4])], attributes: { axis: -2 } },
  { name: "sizes", op: "Split", inputs: [x, ints(1, 3)], attributes: { axis: 2 }, outputs: 2 },
  { name: "num_outputs, uneven", op: "Split", inputs: [randomValue(7, [7, 2])], attributes: { num_outputs: 3 }, outputs: 3 },
  { name: "negative indices", op: "Gather", inputs: [x, value64("int64", [2, 2], [0, -1, 2, 1])], attributes: { axis: 1 } },
  { name: "scalar index", op: "Gather", inputs: [x, scalar64("int64", 1)] },
  { name: "", op: "GatherElements", inputs: [x, value64("int64", [2, 2, 4], [0, 1, 2, -1, 1, 1, 0, 0, 2, 2, 1, 0, 0, 0, 1, -3])], attributes: { axis: 1 } },
  { name: "slices", op: "GatherND", inputs: [x, value64("int64", [3, 2], [0, 1, 1, -1, 0, 0])] },
  { name: "batch_dims", op: "GatherND", inputs: [x, value64("int64", [2, 1], [1, 2])], attributes: { batch_dims: 1 } },
  ...["none", "add", "mul", "max", "min"].flatMap((reduction) => [
    {
      name: reduction,
      op: "ScatterElements",
      inputs: [x, value64("int64", [2, 2, 2], reduction === "none" ? [0, 1, 2, -3, 1, 2, 0, 1] : [0, 1, 0, -1, 1, 1, 1, 1]), randomValue(8, [2, 2, 2])],
      attributes: { axis: 1, reduction },
    },
    {
      name: reduction,
      op: "ScatterND",
      inputs: [x, value64("int64", [3, 2], reduction === "none" ? [0, 1, 1, -1, 0, 0] : [0, 1, 0, 1, 1, 2]), randomValue(9, [3, 4])],
      attributes: { reduction },
    },
  ]),
  { name: "constant", op: "Pad", inputs: [x, ints(1, 0, 2, 0, 1, 1), scalar64("float32", 0.5)] },
  { name: "negative", op: "Pad", inputs: [x, ints(0, -1, 1, 0, 0, -2)] },
  { name: "axes", op: "Pad", inputs: [x, ints(1, 2, 0, 1), null, ints(-1, 0)] },
  ...["reflect", "edge", "wrap"].map((mode) => ({ name: mode, op: "Pad", inputs: [square, ints(0, 3, 2, 0, 2, 3)], attributes: { mode } })),
  { name: "", op: "Shape", inputs: [x] },
  { name: "start and end", op: "Shape", inputs: [x], attributes: { start: -2, end: 2 } },
  { name: "", op: "Size", inputs: [x] },
  { name: "value", op: "ConstantOfShape", inputs: [ints(2, 3)], attributes: { value: tensorProto("", { type: "int32", dims: [1], data: Int32Array.of(7) }) } },
  { name: "zeros", op: "ConstantOfShape", inputs: [ints(2, 3)] },
  { name: "value_floats", op: "Constant", inputs: [], attributes: { value_floats: float([1, 2.5]) } },
  { name: "value_int", op: "Constant", inputs: [], attributes: { value_int: 4 } },
  { name: "backwards", op: "Range", inputs: [scalar64("float32", 3), scalar64("float32", -1), scalar64("float32", -0.75)] },
  { name: "integers", op: "Range", inputs: [scalar64("int64", 2), scalar64("int64", 11), scalar64("int64", 3)] },
  { name: "negative index", op: "OneHot", inputs: [value64("int64", [2, 2], [0, -1, 2, 5]), scalar64("int64", 4), value64("float32", [2], [-1, 2])] },
  { name: "axis", op: "OneHot", inputs: [value64("int64", [3], [0, 3, 2]), scalar64("int64", 4), value64("float32", [2], [0, 1])], attributes: { axis: 0 } },
  { name: "", op: "EyeLike", inputs: [randomValue(10, [3, 5])], attributes: { k: 1 } },
  ...[0, 1].flatMap((exclusive) =>
    [0, 1].map((reverse) => ({
      name: `exclusive ${exclusive}, reverse ${reverse}`,
      op: "CumSum",
      inputs: [x, scalar64("int32", 1)],
      attributes: { exclusive, reverse },
    })),
  ),
  ...[0, 1].map((exclusive) => ({ name: `exclusive ${exclusive}`, op: "CumProd", inputs: [x, scalar64("int64", 1)], attributes: { exclusive }, opset: 26 })),
  { name: "both ways", op: "CenterCropPad", inputs: [square, ints(5, 2, 4)] },
  { name: "axes, other parity", op: "CenterCropPad", inputs: [square, ints(7, 3)], attributes: { axes: [-1, 1] } },
  ...["linear", "circular"].map((mode) => ({
    name: mode,
    op: "TensorScatter",
    inputs: [randomValue(14, [2, 3, 6, 4]), randomValue(15, [2, 3, 2, 4]), ints(1, mode === "linear" ? 4 : 5)],
    attributes: { mode },
    opset: 24,
  })),
  ...[0, 1].flatMap((upper) =>
    [-1, 0, 2].map((k) => ({ name: `upper ${upper}, k ${k}`, op: "Trilu", inputs: [square, scalar64("int64", k)], attributes: { upper } })),
  ),
  { name: "largest", op: "TopK", inputs: [x, ints(2)], outputs: 2 },
  { name: "smallest along an axis", op: "TopK", inputs: [x, ints(2)], attributes: { axis: 1, largest: 0 }, outputs: 2 },
  { name: "", op: "NonZero", inputs: [value64("float32", [2, 3], [0, 1, 2, 0, 0, -1])] },
  ...["ArgMax", "ArgMin"].flatMap((op) => [
    { name: "axis", op, inputs: [x], attributes: { axis: 1 } },
    { name: "without the axis", op, inputs: [x], attributes: { axis: -1, keepdims: 0 } },
    { name: "ties, first", op, inputs: [value64("float32", [4], [1, 2, 2, 1])] },
    { name: "ties, last", op, inputs: [value64("float32", [4], [1, 2, 2, 1])], attributes: { select_last_index: 1 } },
  ]),
  ...["DCR", "CRD"].map((mode) => ({ name: mode, op: "DepthToSpace", inputs: [randomValue(11, [1, 12, 2, 3])], attributes: { blocksize: 2, mode } })),
  { name: "", op: "SpaceToDepth", inputs: [randomValue(12, [1, 3, 4, 6])], attributes: { blocksize: 2 } },
  { name: "", op: "ReverseSequence", inputs: [square, value64("int64", [2], [3, 5])], attributes: { batch_axis: 0, time_axis: 1 } },
  { name: "time first", op: "ReverseSequence", inputs: [randomValue(13, [4, 3, 2]), value64("int64", [3], [4, 1, 3])] },
  { name: "axis", op: "Compress", inputs: [x, value64("bool", [3], [1, 0, 1])], attributes: { axis: 1 } },
  { name: "flat", op: "Compress", inputs: [x, value64("bool", [5], [1, 0, 1, 0, 1])] },
];

describe("layout, indices and order", () => {
  it.each(rows)("$op $name", expectSameAsOnnxRuntime);
});
