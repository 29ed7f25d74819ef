import type { NodeProto } from "../src/gen/onnx_pb.ts";
import { float, nodeProto } from "../src/graphs/node.ts";
import { type ConstantTensor, tensorProto } from "../src/files/tensor-data.ts";

/** A model of an old operator set: inputs named in `x` by their dims, output "y". */
export interface OldModel {
  readonly name: string;
  readonly opset: number;
  readonly nodes: readonly NodeProto[];
  readonly x: Readonly<Record<string, readonly number[]>>;
  readonly type?: "float32" | "float64" | "int64" | "bool";
  readonly constants?: Readonly<Record<string, ConstantTensor>>;
  readonly outputType?: "float32" | "float64" | "int64" | "bool";
  /** The same in operator set 18, where ONNX Runtime no longer runs the old model. */
  readonly same?: readonly NodeProto[];
  /** Where the operator becomes several: equal to a few units in the last place instead of bit by bit. */
  readonly rounds?: boolean;
}

type Attrs = Parameters<typeof nodeProto>[3];

const one = (op: string, attributes: Attrs = {}, inputs: readonly string[] = ["x"], outputs: readonly string[] = ["y"]): NodeProto[] => [
  nodeProto(op, inputs, outputs, attributes, { name: `old_${op}` }),
];

export const floats = (data: readonly number[], dims: readonly number[] = [data.length]): ConstantTensor => ({
  type: "float32",
  dims,
  data: Float32Array.from(data),
});
export const longs = (data: readonly number[], dims: readonly number[] = [data.length]): ConstantTensor => ({
  type: "int64",
  dims,
  data: BigInt64Array.from(data, BigInt),
});

const image = { x: [2, 3, 4, 5] };
const twoByC = { x: [2, 3, 4, 5], b: [3] };
const unsqueeze = (axes: readonly number[]): NodeProto[] => [
  nodeProto("Constant", [], ["axes"], { value: tensorProto("", longs(axes)) }),
  nodeProto("Unsqueeze", ["b", "axes"], ["c"]),
];

const arithmetic: readonly OldModel[] = ["Add", "Sub", "Mul", "Div", "Pow"].flatMap((op): OldModel[] => [
  {
    name: `${op} broadcast from axis 1`,
    opset: 6,
    nodes: one(op, { broadcast: 1, axis: 1 }, ["x", "b"]),
    x: twoByC,
    same: [...unsqueeze([1, 2]), ...one(op, {}, ["x", "c"])],
  },
  {
    name: `${op} broadcast from axis -3`,
    opset: 6,
    nodes: one(op, { broadcast: 1, axis: -3 }, ["x", "b"]),
    x: twoByC,
    same: [...unsqueeze([1, 2]), ...one(op, {}, ["x", "c"])],
  },
  {
    name: `${op} broadcast of trailing axes`,
    opset: 6,
    nodes: one(op, { broadcast: 1 }, ["x", "b"]),
    x: { ...image, b: [4, 5] },
    same: one(op, {}, ["x", "b"]),
  },
  { name: `${op} of equals`, opset: 5, nodes: one(op, { consumed_inputs: [0, 0] }, ["x", "b"]), x: { x: [2, 3], b: [2, 3] }, same: one(op, {}, ["x", "b"]) },
]);

const comparisons: readonly OldModel[] = ["Equal", "Greater", "Less"].map((op) => ({
  name: `${op} broadcast from axis 1`,
  opset: 6,
  nodes: one(op, { broadcast: 1, axis: 1 }, ["x", "b"]),
  x: twoByC,
  type: op === "Equal" ? ("int64" as const) : ("float32" as const),
  outputType: "bool" as const,
  same: [...unsqueeze([1, 2]), ...one(op, {}, ["x", "c"])],
}));

const logic: readonly OldModel[] = ["And", "Or", "Xor"].map((op) => ({
  name: `${op} broadcast from axis 1`,
  opset: 6,
  nodes: one(op, { broadcast: 1, axis: 1 }, ["x", "b"]),
  x: twoByC,
  type: "bool" as const,
  outputType: "bool" as const,
  same: [...unsqueeze([1, 2]), ...one(op, {}, ["x", "c"])],
}));

const softmaxes: readonly OldModel[] = ["Softmax", "LogSoftmax", "Hardmax"].flatMap((op): OldModel[] => [
  { name: `${op} of all but the batch`, opset: 9, nodes: one(op), x: image },
  { name: `${op} of axes 2 and 3`, opset: 11, nodes: one(op, { axis: -2 }), x: image },
  { name: `${op} of everything`, opset: 12, nodes: one(op, { axis: 0 }), x: image },
  { name: `${op} of rows`, opset: 7, nodes: one(op, { axis: 1 }), x: { x: [3, 7] } },
  { name: `${op} of the last axis`, opset: 11, nodes: one(op, { axis: -1 }), x: image },
  { name: `${op} of channels of 1 by 1 pictures`, opset: 7, nodes: one(op), x: { x: [2, 7, 1, 1] } },
]);

const reductions: readonly OldModel[] = [
  "ReduceL1",
  "ReduceL2",
  "ReduceLogSum",
  "ReduceLogSumExp",
  "ReduceMax",
  "ReduceMean",
  "ReduceMin",
  "ReduceProd",
  "ReduceSum",
  "ReduceSumSquare",
].flatMap((op): OldModel[] => [
  { name: `${op} of two axes`, opset: 11, nodes: one(op, { axes: [-1, 1], keepdims: 0 }), x: image },
  { name: `${op} of all axes`, opset: 7, nodes: one(op), x: image },
  { name: `${op} at 17`, opset: op === "ReduceSum" ? 12 : 17, nodes: one(op, { axes: [2] }), x: image },
]);

const resizes: readonly OldModel[] = [
  { name: "Upsample-7 nearest", opset: 7, nodes: one("Upsample", { mode: "nearest", scales: float([1, 1, 2, 1.5]) }), x: image },
  { name: "Upsample-7 linear", opset: 7, nodes: one("Upsample", { mode: "linear", scales: float([1, 1, 2, 3]) }), x: image },
  { name: "Upsample-9 nearest", opset: 9, nodes: one("Upsample", {}, ["x", "s"]), x: image, constants: { s: floats([1, 1, 1.7, 2.3]) } },
  { name: "Upsample-9 linear", opset: 9, nodes: one("Upsample", { mode: "linear" }, ["x", "s"]), x: image, constants: { s: floats([1, 1, 1.7, 2.3]) } },
  {
    name: "Upsample-1 bilinear",
    opset: 6,
    nodes: one("Upsample", { mode: "bilinear", height_scale: float(2), width_scale: float(3) }),
    x: image,
    constants: { s: floats([1, 1, 2, 3]) },
    same: one("Resize", { mode: "linear", coordinate_transformation_mode: "asymmetric" }, ["x", "", "s"]),
  },
  { name: "Resize-10 nearest up", opset: 10, nodes: one("Resize", {}, ["x", "s"]), x: image, constants: { s: floats([1, 1, 1.7, 2.3]) } },
  { name: "Resize-10 nearest down", opset: 10, nodes: one("Resize", {}, ["x", "s"]), x: { x: [1, 1, 7, 9] }, constants: { s: floats([1, 1, 0.6, 0.45]) } },
  {
    name: "Resize-10 nearest up and down",
    opset: 10,
    nodes: one("Resize", {}, ["x", "s"]),
    x: { x: [1, 1, 7, 9] },
    constants: { s: floats([1, 1, 0.6, 1.9]) },
  },
  {
    name: "Resize-10 linear down",
    opset: 10,
    nodes: one("Resize", { mode: "linear" }, ["x", "s"]),
    x: { x: [1, 1, 7, 9] },
    constants: { s: floats([1, 1, 0.6, 0.7]) },
  },
  {
    name: "Resize-10 nearest with scales known at run time",
    opset: 10,
    x: { x: [1, 1, 7, 9] },
    constants: { f: floats([1, 1, 0.1, 0.2]) },
    nodes: [
      nodeProto("Shape", ["x"], ["d"]),
      nodeProto("Cast", ["d"], ["df"], { to: 1 }),
      nodeProto("Mul", ["df", "f"], ["s"]),
      ...one("Resize", {}, ["x", "s"]),
    ],
  },
  {
    name: "Resize-11 with sizes",
    opset: 11,
    nodes: one("Resize", { mode: "linear" }, ["x", "none", "none", "s"]),
    x: image,
    constants: { none: floats([]), s: longs([2, 3, 7, 8]) },
  },
  {
    name: "Resize-11 with scales",
    opset: 11,
    nodes: one("Resize", { mode: "cubic", coordinate_transformation_mode: "pytorch_half_pixel", cubic_coeff_a: float(-0.5) }, ["x", "none", "s"]),
    x: image,
    constants: { none: floats([]), s: floats([1, 1, 2, 2]) },
  },
  {
    name: "Resize-11 tf_half_pixel_for_nn",
    opset: 11,
    nodes: one("Resize", { coordinate_transformation_mode: "tf_half_pixel_for_nn", nearest_mode: "floor" }, ["x", "none", "s"]),
    x: image,
    constants: { none: floats([]), s: floats([1, 1, 1.6, 0.7]) },
  },
  {
    name: "Resize-13 tf_crop_and_resize",
    opset: 13,
    nodes: one("Resize", { mode: "linear", coordinate_transformation_mode: "tf_crop_and_resize", extrapolation_value: float(7) }, ["x", "roi", "s"]),
    x: image,
    constants: { roi: floats([0, 0, 0.2, 0.3, 1, 1, 0.7, 1.2]), s: floats([1, 1, 2, 2]) },
  },
];

const perElement = Object.fromEntries(
  ["s", "b", "m"].map((name, index) => [
    name,
    floats(
      Array.from({ length: 60 }, (_, i) => Math.cos(i + index)),
      [3, 4, 5],
    ),
  ]),
);
const perChannel = Object.fromEntries(["s", "b", "m", "v"].map((name, index) => [name, floats([1 + index, 2, 0.5 + index])]));
const bn = ["x", "s", "b", "m", "v"];

const normalizations: readonly OldModel[] = [
  {
    name: "BatchNormalization-7",
    opset: 7,
    nodes: one("BatchNormalization", { spatial: 1, epsilon: float(0.01), momentum: float(0.5) }, bn),
    x: image,
    constants: perChannel,
  },
  {
    name: "BatchNormalization-7 per element",
    rounds: true,
    opset: 7,
    nodes: one("BatchNormalization", { spatial: 0, epsilon: float(0.01) }, bn),
    x: image,
    constants: {
      ...perElement,
      v: floats(
        Array.from({ length: 60 }, (_, i) => 1 + Math.sin(i) ** 2),
        [3, 4, 5],
      ),
    },
  },
  { name: "BatchNormalization-9", opset: 9, nodes: one("BatchNormalization", {}, bn), x: image, constants: perChannel },
  {
    name: "BatchNormalization-6",
    opset: 6,
    nodes: one("BatchNormalization", { is_test: 1, consumed_inputs: [0, 0, 0, 1, 1] }, bn),
    x: image,
    constants: perChannel,
    same: one("BatchNormalization", {}, bn),
  },
  {
    name: "InstanceNormalization-1",
    opset: 5,
    nodes: one("InstanceNormalization", { consumed_inputs: [0], epsilon: float(0.1) }, ["x", "s", "b"]),
    x: image,
    constants: perChannel,
    same: one("InstanceNormalization", { epsilon: float(0.1) }, ["x", "s", "b"]),
  },
  { name: "LRN", opset: 7, nodes: one("LRN", { size: 3 }), x: image },
  { name: "Dropout-7", opset: 7, nodes: one("Dropout", { ratio: float(0.3) }), x: image },
  { name: "Dropout-10 with a mask nobody reads", opset: 10, nodes: one("Dropout", {}, ["x"], ["y", "mask"]), x: image },
  { name: "Dropout-6 in test mode", opset: 6, nodes: one("Dropout", { is_test: 1 }), x: image, same: one("Identity") },
  { name: "MeanVarianceNormalization", opset: 9, nodes: one("MeanVarianceNormalization", { axes: [0, 2, 3] }), x: image },
];

const shapes: readonly OldModel[] = [
  { name: "Slice-1", opset: 9, nodes: one("Slice", { starts: [1, -3], ends: [3, 2147483647], axes: [1, 3] }), x: image },
  { name: "Slice-1 without axes", opset: 7, nodes: one("Slice", { starts: [0, 1], ends: [1, 3] }), x: image },
  {
    name: "Split-2 by sizes",
    opset: 11,
    nodes: [nodeProto("Split", ["x"], ["a", "b"], { axis: 1, split: [1, 2] }), nodeProto("ReduceMax", ["a"], ["m"]), nodeProto("Add", ["b", "m"], ["y"])],
    x: image,
  },
  { name: "Split-2 in equal parts", opset: 7, nodes: [nodeProto("Split", ["x"], ["a", "b"], { axis: 2 }), nodeProto("Sub", ["a", "b"], ["y"])], x: image },
  { name: "Split-13 in equal parts", opset: 13, nodes: [nodeProto("Split", ["x"], ["a", "b"], { axis: 2 }), nodeProto("Sub", ["a", "b"], ["y"])], x: image },
  {
    name: "Split-13 by sizes",
    opset: 13,
    nodes: [nodeProto("Split", ["x", "n"], ["a", "b"], { axis: 1 }), nodeProto("Concat", ["b", "a"], ["y"], { axis: 1 })],
    x: image,
    constants: { n: longs([1, 2]) },
  },
  { name: "Squeeze-11 of axes", opset: 11, nodes: one("Squeeze", { axes: [-3, 3] }), x: { x: [2, 1, 4, 1] } },
  { name: "Squeeze-1 of all", opset: 7, nodes: one("Squeeze"), x: { x: [2, 1, 4, 1] } },
  { name: "Unsqueeze-1", opset: 9, nodes: one("Unsqueeze", { axes: [0, 3] }), x: { x: [2, 4] } },
  { name: "Pad-2 constant", opset: 9, nodes: one("Pad", { pads: [0, 0, 1, 2, 0, 1, 0, 1], value: float(1.5) }), x: image },
  { name: "Pad-2 constant zero", opset: 7, nodes: one("Pad", { pads: [0, 0, 1, 2, 0, 1, 0, 1] }), x: image },
  { name: "Pad-2 reflect", opset: 10, nodes: one("Pad", { pads: [0, 0, 1, 2, 0, 0, 0, 1], mode: "reflect", value: float(3) }), x: image },
  { name: "Pad-2 of float64", opset: 10, nodes: one("Pad", { pads: [1, 0], value: float(0.5) }), x: { x: [3] }, type: "float64", outputType: "float64" },
  {
    name: "Pad-1",
    opset: 1,
    nodes: one("Pad", { paddings: [1, 0, 0, 1] }),
    x: { x: [2, 3] },
    constants: { p: longs([1, 0, 0, 1]) },
    same: one("Pad", {}, ["x", "p"]),
  },
  { name: "Pad-13 edge", opset: 13, nodes: one("Pad", { mode: "edge" }, ["x", "p"]), x: image, constants: { p: longs([0, 0, 1, 2, 0, 0, 0, 1]) } },
  {
    name: "Reshape-1",
    opset: 4,
    nodes: one("Reshape", { shape: [0, -1], consumed_inputs: [0] }),
    x: image,
    constants: { s: longs([0, -1]) },
    same: one("Reshape", {}, ["x", "s"]),
  },
  { name: "Concat-1", opset: 3, nodes: one("Concat", {}, ["x", "x"]), x: image, same: one("Concat", { axis: 1 }, ["x", "x"]) },
  {
    name: "Scatter-9",
    opset: 9,
    nodes: one("Scatter", { axis: 1 }, ["x", "i", "u"]),
    x: { x: [2, 3] },
    constants: { i: longs([0, 2, 1, 0], [2, 2]), u: floats([7, 8, 9, 10], [2, 2]) },
  },
  { name: "TopK-1", opset: 9, nodes: one("TopK", { k: 2, axis: 1 }, ["x"], ["y", "i"]), x: { x: [3, 5] } },
  { name: "TopK-10", opset: 10, nodes: one("TopK", { axis: 1 }, ["x", "k"], ["y", "i"]), x: { x: [3, 5] }, constants: { k: longs([2]) } },
  {
    name: "Flatten, Transpose and Gather",
    opset: 7,
    nodes: [nodeProto("Flatten", ["x"], ["f"], { axis: 2 }), nodeProto("Transpose", ["f"], ["t"]), nodeProto("Gather", ["t", "i"], ["y"], { axis: 1 })],
    x: image,
    constants: { i: longs([2, 0]) },
  },
];

const rectifiers: readonly OldModel[] = [
  { name: "Clip-6", opset: 7, nodes: one("Clip", { min: float(-0.25), max: float(0.5) }), x: image },
  {
    name: "Clip-6 without bounds, at infinity",
    opset: 9,
    nodes: [nodeProto("Div", ["x", "zero"], ["inf"]), ...one("Clip", {}, ["inf"])],
    x: image,
    constants: { zero: floats([0]) },
  },
  {
    name: "Clip-1 with one bound",
    opset: 5,
    nodes: one("Clip", { max: float(0.5) }),
    x: image,
    constants: { max: floats([0.5], []) },
    same: one("Clip", {}, ["x", "", "max"]),
  },
  { name: "Clip-11", opset: 11, nodes: one("Clip", {}, ["x", "", "max"]), x: image, constants: { max: floats([0.5], []) } },
  { name: "PRelu-6 per channel", opset: 6, nodes: one("PRelu", {}, ["x", "b"]), x: twoByC, same: [...unsqueeze([1, 2]), ...one("PRelu", {}, ["x", "c"])] },
  { name: "PRelu-6 shared", opset: 6, nodes: one("PRelu", {}, ["x", "b"]), x: { x: [2, 3], b: [1] }, same: one("PRelu", {}, ["x", "b"]) },
  { name: "PRelu-7", opset: 7, nodes: one("PRelu", {}, ["x", "s"]), x: image, constants: { s: floats([0.1, 0.2, 0.3], [3, 1, 1]) } },
  { name: "Selu-1", opset: 5, nodes: one("Selu"), x: image, same: one("Selu", { alpha: float(1.6732), gamma: float(1.0507) }) },
  { name: "Relu-1", opset: 5, nodes: one("Relu", { consumed_inputs: [0] }), x: image, same: one("Relu") },
  {
    name: "Cast-1",
    opset: 5,
    nodes: [nodeProto("Cast", ["x"], ["i"], { to: "INT32" }), nodeProto("Cast", ["i"], ["y"], { to: "FLOAT" })],
    x: image,
    same: [nodeProto("Cast", ["x"], ["i"], { to: 6 }), nodeProto("Cast", ["i"], ["y"], { to: 1 })],
  },
];

const layers: readonly OldModel[] = [
  {
    name: "Gemm-6",
    opset: 6,
    nodes: one("Gemm", { broadcast: 1, alpha: float(0.5), transB: 1 }, ["x", "w", "c"]),
    x: { x: [2, 3] },
    constants: { w: floats([1, 2, 3, 4, 5, 6], [2, 3]), c: floats([1, -1]) },
    same: one("Gemm", { alpha: float(0.5), transB: 1 }, ["x", "w", "c"]),
  },
  {
    name: "Gemm-9",
    opset: 9,
    nodes: one("Gemm", {}, ["x", "w", "c"]),
    x: { x: [2, 3] },
    constants: { w: floats([1, 2, 3, 4, 5, 6], [3, 2]), c: floats([1, -1]) },
  },
  { name: "MaxPool-1", opset: 7, nodes: one("MaxPool", { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 0, 1, 0] }), x: image },
  { name: "AveragePool-7", opset: 7, nodes: one("AveragePool", { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }), x: image },
  {
    name: "AveragePool-7 with padding counted",
    opset: 9,
    nodes: one("AveragePool", { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 }),
    x: image,
  },
  { name: "AveragePool-10 rounding up", opset: 10, nodes: one("AveragePool", { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }), x: image },
  { name: "GlobalLpPool-1", opset: 1, nodes: one("GlobalLpPool", { p: float(3) }), x: image, same: one("GlobalLpPool", { p: 3 }) },
  { name: "LpPool-1", opset: 1, nodes: one("LpPool", { p: float(1), kernel_shape: [2, 2] }), x: image, same: one("LpPool", { p: 1, kernel_shape: [2, 2] }) },
  {
    name: "Conv",
    opset: 7,
    nodes: one("Conv", { kernel_shape: [2, 2] }, ["x", "w"]),
    x: image,
    constants: {
      w: floats(
        Array.from({ length: 24 }, (_, i) => Math.sin(i)),
        [2, 3, 2, 2],
      ),
    },
  },
  ...["RNN", "GRU", "LSTM"].map((op, index): OldModel => {
    const gates = [1, 3, 4][index] as number;
    const constants = {
      w: floats(
        Array.from({ length: gates * 6 }, (_, i) => Math.sin(i)),
        [1, gates * 2, 3],
      ),
      r: floats(
        Array.from({ length: gates * 4 }, (_, i) => Math.cos(i)),
        [1, gates * 2, 2],
      ),
    };
    const attributes = { hidden_size: 2 };
    return { name: op, opset: 7, nodes: one(op, attributes, ["x", "w", "r"]), x: { x: [4, 2, 3] }, constants };
  }),
  {
    name: "LSTM-1",
    opset: 6,
    nodes: one("LSTM", { hidden_size: 1, output_sequence: 1 }, ["x", "w", "r"]),
    x: { x: [4, 2, 3] },
    constants: {
      w: floats(
        Array.from({ length: 12 }, (_, i) => Math.sin(i)),
        [1, 4, 3],
      ),
      r: floats([1, -1, 0.5, 2], [1, 4, 1]),
    },
    same: one("LSTM", { hidden_size: 1 }, ["x", "w", "r"]),
  },
  {
    name: "RoiAlign-10",
    opset: 10,
    nodes: one("RoiAlign", { output_height: 2, output_width: 2, sampling_ratio: 2 }, ["x", "rois", "i"]),
    x: image,
    constants: { rois: floats([0, 0, 3, 3, 1, 1, 4, 2], [2, 4]), i: longs([0, 1]) },
  },
];

const experimental: readonly OldModel[] = [
  { name: "ImageScaler", opset: 9, nodes: one("ImageScaler", { scale: float(0.5), bias: float([1, 2, 3]) }), x: image },
  { name: "Affine", opset: 9, nodes: one("Affine", { alpha: float(0.5), beta: float(2) }), x: image },
  { name: "ScaledTanh", rounds: true, opset: 9, nodes: one("ScaledTanh", { alpha: float(0.5), beta: float(2) }), x: image },
  { name: "ParametricSoftplus", rounds: true, opset: 9, nodes: one("ParametricSoftplus", { alpha: float(0.5), beta: float(2) }), x: image },
  { name: "Scale", opset: 7, nodes: one("Scale", { scale: float(0.5) }), x: image, constants: { half: floats([0.5]) }, same: one("Mul", {}, ["x", "half"]) },
];

export const oldModels: readonly OldModel[] = [
  ...arithmetic,
  ...comparisons,
  ...logic,
  ...softmaxes,
  ...reductions,
  ...resizes,
  ...normalizations,
  ...shapes,
  ...rectifiers,
  ...layers,
  ...experimental,
];
