import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";

import { seeded } from "./seeded.ts";

/** One kernel, or one variant of it, as a function whose gradient is checked. */
export interface GradientRow {
  readonly name: string;
  readonly dims: readonly number[];
  readonly f: (x: Tensor) => Tensor;
  /** Values of x. Default −1…1. */
  readonly range?: readonly [number, number];
  /** f is linear, so that differences are exact whatever their step. */
  readonly linear?: true;
  /** The kernel itself is wrong, or missing, on wasm: there is nothing to compare with. */
  readonly cpuOnly?: true;
  /** The kernel itself is wrong on cpu. */
  readonly wasmOnly?: true;
  /** Core's own gradient on the cpu engine is right here and serves as a second reference. */
  readonly core?: true;
}

const constant = (seed: number, dims: readonly number[], low = -1, high = 1): Tensor =>
  tf.tensor(
    seeded(
      seed,
      dims.reduce((a, b) => a * b, 1),
      low,
      high,
    ),
    [...dims],
  );
const image = (x: Tensor): Tensor4D => x as Tensor4D;
const filter = (...dims: [number, number, number, number]): Tensor4D => constant(7, dims) as Tensor4D;
const bias = (n: number): Tensor => constant(8, [n]);
const map = (name: string, f: (x: Tensor) => Tensor, range?: readonly [number, number], core?: true | null): GradientRow => ({
  name,
  dims: [2, 5],
  f,
  ...(range ? { range } : {}),
  ...(core === null ? {} : { core: true as const }),
});

const unary: readonly GradientRow[] = [
  map("Abs", tf.abs),
  map("Acos", tf.acos, [-0.8, 0.8]),
  map("Acosh", tf.acosh, [1.3, 3]),
  map("Asin", tf.asin, [-0.8, 0.8]),
  map("Asinh", tf.asinh),
  map("Atan", tf.atan),
  map("Atanh", tf.atanh, [-0.8, 0.8]),
  map("Cos", tf.cos),
  map("Cosh", tf.cosh),
  map("Erf", tf.erf),
  map("Exp", tf.exp),
  map("Expm1", tf.expm1),
  map("Log", tf.log, [0.5, 3]),
  map("Log1p", tf.log1p, [-0.4, 2]),
  map("Neg", tf.neg),
  map("Reciprocal", tf.reciprocal, [0.5, 2]),
  map("Rsqrt", tf.rsqrt, [0.5, 2]),
  map("Sigmoid", tf.sigmoid, [-3, 3]),
  map("Sin", tf.sin),
  map("Sinh", tf.sinh),
  map("Softplus", tf.softplus, [-3, 3]),
  map("Sqrt", tf.sqrt, [0.5, 2]),
  map("Square", tf.square),
  map("Tan", tf.tan),
  map("Tanh", tf.tanh),
  map("Elu", tf.elu),
  map("LeakyRelu", (x) => tf.leakyRelu(x, 0.3)),
  map("Relu", tf.relu),
  map("Relu6", tf.relu6, [-3.3, 9]),
  map("Selu", tf.selu),
  map("ClipByValue", (x) => tf.clipByValue(x, -0.55, 0.42)),
  map("Prelu", (x) => tf.prelu(x, constant(3, [5], 0.1, 0.9))),
  map("Prelu (alpha)", (x) => tf.prelu(constant(5, [4, 5]), tf.slice(x, [1, 0], [1, 5]))),
];

const binary: readonly GradientRow[] = [
  map("Add, broadcast", (x) => tf.add(tf.reshape(x, [2, 1, 5]), tf.slice(x, [0, 0], [1, 5]))),
  map("AddN", (x) => tf.addN([x, tf.mul(x, 2), constant(4, [2, 5])])),
  map("Sub", (x) => tf.sub(tf.slice(x, [0, 0], [1, 5]), x)),
  map("Multiply", (x) => tf.mul(x, tf.slice(x, [0, 0], [1, 5]))),
  map("RealDiv", (x) => tf.div(tf.slice(x, [0, 0], [1, 5]), x), [0.5, 2]),
  map("SquaredDifference", (x) => tf.squaredDifference(x, tf.reverse(x, 1))),
  map("Pow, constant exponent", (x) => tf.pow(x, tf.scalar(3))),
  map("Pow, both", (x) => tf.pow(x, tf.reverse(x, 1)), [0.5, 2]),
  map("Maximum", (x) => tf.maximum(x, tf.reverse(x, 1))),
  map("Minimum", (x) => tf.minimum(x, constant(2, [5]))),
  map("Select", (x) => tf.where(tf.greater(x, 0), tf.mul(x, 2), tf.square(x)), undefined, null),
  map("Cast", (x) => tf.mul(tf.cast(x, "float32"), 2)),
  map("Atan2 (registered)", (x) => tf.atan2(x, tf.reverse(x, 1)), [0.5, 2]),
];

const shapes: readonly GradientRow[] = [
  { name: "Transpose", dims: [2, 3, 4], f: (x) => tf.transpose(x, [2, 0, 1]), linear: true, core: true },
  { name: "Reshape, ExpandDims", dims: [2, 3, 4], f: (x) => tf.reshape(tf.expandDims(x, 1), [4, 6]), linear: true, core: true },
  { name: "Identity", dims: [2, 3], f: (x) => tf.clone(x), linear: true, core: true },
  { name: "Concat", dims: [2, 3], f: (x) => tf.concat([x, constant(1, [2, 2]), tf.mul(x, 3)], 1), linear: true, core: true },
  { name: "Pack", dims: [2, 3], f: (x) => tf.stack([x, constant(1, [2, 3]), tf.mul(x, 3)], 1), linear: true, core: true },
  { name: "SplitV, one part", dims: [2, 6], f: (x) => tf.split(x, [1, 3, 2], 1)[1]!, linear: true, core: true },
  {
    name: "Unpack",
    dims: [2, 3, 4],
    f: (x) => {
      const parts = tf.unstack(x, 1);
      return tf.sub(parts[0]!, tf.mul(parts[2]!, 2));
    },
    linear: true,
    core: true,
  },
  { name: "Slice", dims: [3, 4, 2], f: (x) => tf.slice(x, [1, 1, 0], [2, 2, 1]), linear: true, core: true },
  { name: "StridedSlice", dims: [3, 9, 2], f: (x) => tf.stridedSlice(x, [0, 1, 0], [3, 9, 2], [2, 3, 1]), linear: true },
  { name: "StridedSlice, backwards", dims: [3, 9], f: (x) => tf.stridedSlice(x, [2, 8], [0, 0], [-1, -3]), linear: true },
  { name: "StridedSlice, masks", dims: [3, 4, 5], f: (x) => tf.stridedSlice(x, [0, 1, 0], [0, 2, 4], [1, 1, 1], 0b001, 0b001, 0, 0, 0b010), linear: true },
  {
    name: "PadV2",
    dims: [2, 3, 4],
    f: (x) =>
      tf.pad(
        x,
        [
          [0, 1],
          [2, 0],
          [1, 1],
        ],
        5,
      ),
    linear: true,
    core: true,
  },
  {
    name: "MirrorPad, reflect",
    dims: [4, 5],
    f: (x) =>
      tf.mirrorPad(
        x,
        [
          [2, 1],
          [3, 4],
        ],
        "reflect",
      ),
    linear: true,
  },
  {
    name: "MirrorPad, symmetric",
    dims: [4, 5],
    f: (x) =>
      tf.mirrorPad(
        x,
        [
          [2, 1],
          [0, 5],
        ],
        "symmetric",
      ),
    linear: true,
  },
  { name: "Tile", dims: [2, 3], f: (x) => tf.tile(x, [3, 2]), linear: true, core: true },
  { name: "BroadcastTo", dims: [2, 1, 3], f: (x) => tf.broadcastTo(x, [4, 2, 5, 3]), linear: true },
  { name: "Reverse", dims: [2, 3, 4], f: (x) => tf.reverse(x, [0, 2]), linear: true, core: true },
  {
    name: "GatherV2",
    dims: [3, 5, 2],
    f: (x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [0, 4, 4],
            [1, 0, 3],
          ],
          [2, 3],
          "int32",
        ),
        1,
      ),
    linear: true,
  },
  {
    name: "GatherV2, batch axis",
    dims: [2, 5, 3],
    f: (x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [0, 4, 4],
            [1, 0, 3],
          ],
          [2, 3],
          "int32",
        ),
        1,
        1,
      ),
    linear: true,
    cpuOnly: true,
  },
  {
    name: "GatherNd, entries read twice",
    dims: [3, 4],
    f: (x) =>
      tf.gatherND(
        x,
        tf.tensor2d(
          [
            [0, 3],
            [2, 1],
            [0, 3],
          ],
          [3, 2],
          "int32",
        ),
      ),
    linear: true,
  },
  { name: "GatherNd, slices", dims: [3, 4, 2], f: (x) => tf.gatherND(x, tf.tensor2d([[2], [0]], [2, 1], "int32")), linear: true },
  {
    name: "ScatterNd",
    dims: [3, 2],
    f: (x) => tf.mul(tf.scatterND(tf.tensor2d([[4], [1], [4]], [3, 1], "int32"), x, [6, 2]), constant(3, [6, 2])),
    linear: true,
  },
  {
    name: "TensorScatterUpdate",
    dims: [4, 2],
    f: (x) => tf.mul(tf.tensorScatterUpdate(x, tf.tensor2d([[3], [1]], [2, 1], "int32"), tf.mul(tf.slice(x, [1, 0], [2, 2]), 5)), constant(3, [4, 2])),
    linear: true,
    wasmOnly: true,
  },
  {
    name: "SpaceToBatchND, BatchToSpaceND",
    dims: [2, 4, 5, 3],
    f: (x) =>
      tf.batchToSpaceND(
        tf.mul(
          tf.spaceToBatchND(
            x,
            [2, 2],
            [
              [0, 0],
              [1, 0],
            ],
          ),
          constant(6, [8, 2, 3, 3]),
        ),
        [2, 2],
        [
          [0, 0],
          [1, 0],
        ],
      ),
    linear: true,
    core: true,
  },
  { name: "DepthToSpace", dims: [2, 3, 2, 12], f: (x) => tf.depthToSpace(image(x), 2), linear: true },
];

const reductions: readonly GradientRow[] = [
  { name: "Sum", dims: [2, 3, 4], f: (x) => tf.sum(x, [0, 2]), linear: true, core: true },
  { name: "Sum, kept", dims: [2, 3, 4], f: (x) => tf.sum(x, -1, true), linear: true, core: true },
  { name: "Mean", dims: [2, 3, 4], f: (x) => tf.mean(x, [1, 2]), linear: true },
  { name: "Mean, of all", dims: [2, 3, 4], f: (x) => tf.mean(x), linear: true },
  { name: "Max", dims: [2, 3, 4], f: (x) => tf.max(x, [1]), core: true },
  { name: "Min", dims: [2, 3, 4], f: (x) => tf.min(x, [0, 2], true), core: true },
  { name: "Prod", dims: [2, 3, 2], f: (x) => tf.prod(x, 1) },
  { name: "Cumsum", dims: [3, 4], f: (x) => tf.cumsum(x, 1), linear: true, core: true },
  { name: "Cumsum, exclusive and reverse", dims: [3, 4], f: (x) => tf.cumsum(x, 0, true, true), linear: true },
  { name: "Cumprod", dims: [3, 4], f: (x) => tf.cumprod(tf.mul(x, 2), 1) },
  { name: "Cumprod, exclusive and reverse", dims: [3, 4], f: (x) => tf.cumprod(tf.mul(x, 2), 0, true, true) },
  { name: "TopK", dims: [3, 6], f: (x) => tf.mul(tf.topk(x, 2).values, constant(5, [3, 2])) },
  { name: "Softmax", dims: [3, 4], f: (x) => tf.softmax(x), core: true },
  { name: "logSoftmax (custom gradient of core)", dims: [3, 4], f: (x) => tf.logSoftmax(x), core: true },
  { name: "logSumExp", dims: [3, 4], f: (x) => tf.logSumExp(x, 1), core: true },
];

const products: readonly GradientRow[] = [
  ...[
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ].map(([ta, tb]): GradientRow => ({
    name: `BatchMatMul, transposed ${ta} ${tb}`,
    dims: [2, 4, 4],
    f: (x) => tf.matMul(x, tf.mul(tf.reverse(x, 2), constant(9, [2, 4, 4])), ta, tb),
    core: true,
  })),
  { name: "BatchMatMul, broadcast", dims: [1, 3, 4], f: (x) => tf.matMul(x, constant(9, [5, 4, 2])), linear: true },
  ...(["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu"] as const).map((activation): GradientRow => ({
    name: `_FusedMatMul, ${activation}`,
    dims: [3, 4],
    f: (x) =>
      tf.fused.matMul({ a: x, b: constant(9, [4, 5]), bias: bias(5), activation, preluActivationWeights: constant(2, [5], 0.1, 0.9), leakyreluAlpha: 0.3 }),
  })),
  { name: "Einsum, first operand", dims: [2, 3, 4], f: (x) => tf.einsum("bij,kj->bik", x, constant(9, [5, 4])), linear: true, cpuOnly: true },
  { name: "Einsum, both operands", dims: [3, 4], f: (x) => tf.einsum("ij,jk->ik", x, tf.transpose(x)), cpuOnly: true },
  { name: "Einsum, one operand", dims: [3, 4], f: (x) => tf.einsum("ij->j", x), linear: true, cpuOnly: true },
  { name: "_FusedMatMul, second factor and bias", dims: [4, 5], f: (x) => tf.fused.matMul({ a: constant(9, [3, 4]), b: x, bias: tf.sum(x, 0) }), linear: true },
];

const convolutions: readonly GradientRow[] = [
  ...(["same", "valid"] as const).flatMap((pad) =>
    [1, 2, 3].flatMap((stride) =>
      [
        [1, 1],
        [3, 3],
        [2, 5],
        [7, 7],
      ].map(([kh, kw]): GradientRow => ({
        name: `Conv2D ${kh}x${kw}, stride ${stride}, ${pad}`,
        dims: [2, 9, 8, 3],
        f: (x) => tf.conv2d(image(x), filter(kh!, kw!, 3, 4), stride, pad),
        linear: true,
        core: true,
        // wasm reads the wrong pixels where a padded filter is smaller than its stride.
        ...(pad === "same" && kh === 2 && stride === 3 ? { cpuOnly: true as const } : {}),
      })),
    ),
  ),
  { name: "Conv2D, unlike strides", dims: [1, 7, 8, 2], f: (x) => tf.conv2d(image(x), filter(3, 3, 2, 4), [2, 3], "same"), linear: true, core: true },
  { name: "Conv2D, unlike strides, one of 1", dims: [1, 7, 8, 2], f: (x) => tf.conv2d(image(x), filter(3, 3, 2, 4), [1, 2], "same"), linear: true, core: true },
  {
    name: "Conv2D, explicit padding",
    dims: [1, 7, 8, 2],
    f: (x) =>
      tf.conv2d(image(x), filter(3, 3, 2, 4), 2, [
        [0, 0],
        [2, 1],
        [0, 2],
        [0, 0],
      ]),
    linear: true,
  },
  {
    name: "Conv2D, padding wider than the filter",
    dims: [1, 5, 5, 2],
    f: (x) =>
      tf.conv2d(image(x), filter(2, 2, 2, 3), 1, [
        [0, 0],
        [3, 3],
        [2, 4],
        [0, 0],
      ]),
    linear: true,
  },
  {
    name: "Conv2D, padding wider than the filter, strided",
    dims: [1, 5, 5, 2],
    f: (x) =>
      tf.conv2d(image(x), filter(2, 2, 2, 3), 2, [
        [0, 0],
        [3, 3],
        [2, 4],
        [0, 0],
      ]),
    linear: true,
  },
  { name: "Conv2D, dilated", dims: [2, 9, 9, 2], f: (x) => tf.conv2d(image(x), filter(3, 3, 2, 4), 1, "same", "NHWC", 2), linear: true },
  { name: "Conv2D, dilated, valid", dims: [2, 9, 10, 2], f: (x) => tf.conv2d(image(x), filter(3, 2, 2, 4), 1, "valid", "NHWC", [2, 3]), linear: true },
  { name: "Conv1D", dims: [2, 9, 3], f: (x) => tf.conv1d(x as Tensor3D, constant(7, [3, 3, 4]) as Tensor3D, 2, "same"), linear: true, core: true },
  ...(["same", "valid"] as const).flatMap((pad) =>
    [1, 2, 3].map((stride): GradientRow => ({
      name: `DepthwiseConv2dNative, stride ${stride}, ${pad}`,
      dims: [2, 9, 8, 3],
      f: (x) => tf.depthwiseConv2d(image(x), filter(3, 3, 3, 1), stride, pad),
      linear: true,
      core: true,
    })),
  ),
  {
    name: "DepthwiseConv2dNative, multiplier",
    dims: [2, 6, 7, 3],
    f: (x) => tf.depthwiseConv2d(image(x), filter(3, 3, 3, 2), 1, "same"),
    linear: true,
    core: true,
  },
  {
    name: "DepthwiseConv2dNative, multiplier and stride",
    dims: [2, 6, 7, 3],
    f: (x) => tf.depthwiseConv2d(image(x), filter(3, 3, 3, 2), 2, "same"),
    linear: true,
    core: true,
  },
  {
    name: "DepthwiseConv2dNative, dilated",
    dims: [2, 9, 9, 3],
    f: (x) => tf.depthwiseConv2d(image(x), filter(3, 3, 3, 1), 1, "same", "NHWC", 2),
    linear: true,
  },
  {
    name: "separableConv2d",
    dims: [2, 6, 7, 3],
    f: (x) => tf.separableConv2d(image(x), filter(3, 3, 3, 2), filter(1, 1, 6, 4), 2, "same"),
    linear: true,
    core: true,
  },
  ...(["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"] as const).flatMap((activation): GradientRow[] => [
    {
      name: `FusedConv2D, ${activation}`,
      dims: [1, 4, 6, 2],
      f: (x) => tf.fused.conv2d({ x: image(x), filter: filter(3, 3, 2, 4), strides: 2, pad: "same", bias: bias(4), activation, leakyreluAlpha: 0.3 }),
    },
    {
      name: `FusedDepthwiseConv2D, ${activation}`,
      dims: [1, 5, 6, 2],
      f: (x) => tf.fused.depthwiseConv2d({ x: image(x), filter: filter(3, 3, 2, 1), strides: 1, pad: "same", bias: bias(2), activation, leakyreluAlpha: 0.3 }),
    },
  ]),
  {
    name: "FusedConv2D without bias",
    dims: [1, 5, 6, 2],
    f: (x) => tf.fused.conv2d({ x: image(x), filter: filter(3, 3, 2, 4), strides: 1, pad: "same" }),
    linear: true,
  },
  {
    name: "FusedConv2D, prelu",
    dims: [1, 5, 6, 2],
    f: (x) =>
      tf.fused.conv2d({
        x: image(x),
        filter: filter(3, 3, 2, 4),
        strides: 1,
        pad: "same",
        bias: bias(4),
        activation: "prelu",
        preluActivationWeights: constant(2, [4], 0.1, 0.9),
      }),
  },
  {
    name: "Conv2DBackpropInput",
    dims: [2, 4, 5, 3],
    f: (x) => tf.conv2dTranspose(image(x), filter(3, 3, 4, 3), [2, 8, 10, 4], 2, "same"),
    linear: true,
    core: true,
  },
];

const pools: readonly GradientRow[] = [
  ...(["same", "valid"] as const).flatMap((pad) =>
    [
      [2, 2],
      [3, 2],
      [3, 1],
      [2, 3],
    ].flatMap(([size, stride]): GradientRow[] => [
      {
        name: `MaxPool ${size}, stride ${stride}, ${pad}`,
        dims: [2, 7, 8, 3],
        f: (x) => tf.maxPool(image(x), size!, stride!, pad),
        range: [-4, -0.1],
        core: true,
      },
      { name: `AvgPool ${size}, stride ${stride}, ${pad}`, dims: [2, 7, 8, 3], f: (x) => tf.avgPool(image(x), size!, stride!, pad), linear: true },
    ]),
  ),
  { name: "MaxPool, unlike sizes and strides", dims: [1, 9, 8, 2], f: (x) => tf.maxPool(image(x), [3, 2], [2, 3], "same"), range: [-1, 2], core: true },
  {
    name: "MaxPool, explicit padding",
    dims: [1, 7, 8, 2],
    f: (x) =>
      tf.maxPool(
        image(x),
        [3, 3],
        [2, 2],
        [
          [0, 0],
          [1, 1],
          [0, 1],
          [0, 0],
        ],
      ),
    range: [-4, -0.1],
  },
  { name: "FusedBatchNorm", dims: [2, 3, 4, 5], f: (x) => tf.batchNorm(x, bias(5), constant(1, [5], 0.5, 2), bias(5), constant(2, [5])), linear: true },
  { name: "FusedBatchNorm without scale and offset", dims: [2, 3, 4, 5], f: (x) => tf.batchNorm(x, bias(5), constant(1, [5], 0.5, 2)), linear: true },
  {
    name: "FusedBatchNorm, two axes",
    dims: [6, 5],
    f: (x) => tf.batchNorm(x as Tensor2D, constant(3, [5]) as never, constant(1, [5], 0.5, 2) as never, undefined, constant(2, [5]) as never),
    linear: true,
  },
  {
    name: "FusedBatchNorm, computed moments",
    dims: [4, 5],
    f: (x) => {
      const { mean, variance } = tf.moments(x, 1, true);
      const [rows, columns] = [(t: Tensor): Tensor2D => tf.tile(t, [1, 5]) as Tensor2D, (t: Tensor): Tensor2D => tf.tile(t, [4, 1]) as Tensor2D];
      // Kernels repeat what is smaller than x as if it were a last axis, so everything is tiled, as layer normalization does.
      return tf.batchNorm2d(x as Tensor2D, rows(mean), rows(variance), columns(tf.mean(x, 0, true)), columns(tf.max(x, 0, true)), 0.1);
    },
  },
  ...[
    [false, false],
    [true, false],
    [false, true],
  ].flatMap(([corners, half]): GradientRow[] =>
    [
      [7, 9],
      [3, 4],
    ].flatMap(([h, w]): GradientRow[] => [
      {
        name: `ResizeBilinear to ${h}x${w}, ${corners} ${half}`,
        dims: [2, 5, 6, 2],
        f: (x) => tf.image.resizeBilinear(image(x), [h!, w!], corners, half),
        linear: true,
      },
      {
        name: `ResizeNearestNeighbor to ${h}x${w}, ${corners} ${half}`,
        dims: [2, 5, 6, 2],
        f: (x) => tf.image.resizeNearestNeighbor(image(x), [h!, w!], corners, half),
        linear: true,
      },
    ]),
  ),
  { name: "LRN (registered)", dims: [1, 2, 2, 6], f: (x) => tf.localResponseNormalization(image(x), 2, 1, 0.5, 0.75), core: true },
  {
    name: "Conv3D, same",
    dims: [1, 3, 4, 4, 2],
    f: (x) => tf.conv3d(x as never, constant(7, [2, 2, 2, 2, 3]) as never, 1, "same"),
    linear: true,
  },
  {
    name: "Conv3D, strides",
    dims: [1, 4, 5, 4, 2],
    f: (x) => tf.conv3d(x as never, constant(7, [2, 3, 1, 2, 3]) as never, [2, 3, 2], "valid"),
    linear: true,
  },
  {
    name: "Conv3D, dilations",
    dims: [1, 4, 5, 4, 2],
    f: (x) => tf.conv3d(x as never, constant(7, [2, 2, 2, 2, 2]) as never, 1, "same", "NDHWC", [2, 1, 3]),
    linear: true,
  },
  {
    name: "Conv3DBackpropInputV2",
    dims: [1, 2, 3, 2, 2],
    f: (x) => tf.conv3dTranspose(x as never, constant(7, [2, 3, 2, 3, 2]) as never, [1, 4, 6, 4, 3], 2, "same"),
    linear: true,
    cpuOnly: true,
  },
  { name: "MaxPool3D (registered)", dims: [1, 4, 4, 4, 2], f: (x) => tf.maxPool3d(x as never, 2, 2, "valid"), range: [-4, -0.1], cpuOnly: true },
  { name: "AvgPool3D", dims: [1, 4, 4, 4, 2], f: (x) => tf.avgPool3d(x as never, 2, 2, "valid"), linear: true },
  { name: "AvgPool3D over the edge", dims: [2, 3, 4, 3, 2], f: (x) => tf.avgPool3d(x as never, [2, 3, 2], [1, 2, 2], "same"), linear: true },
];

export const GRADIENT_ROWS: readonly GradientRow[] = [...unary, ...binary, ...shapes, ...reductions, ...products, ...convolutions, ...pools];
