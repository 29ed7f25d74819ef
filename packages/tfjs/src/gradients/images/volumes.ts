import { type Tensor, type Tensor5D, backend_util, conv3d, div, ones, reshape, tensor, transpose } from "@tensorflow/tfjs-core";

import { volumeBackward } from "../../formulas/volume-backward.ts";
import type { GradientRule } from "../gradient-rule.ts";

type Shape5 = [number, number, number, number, number];
type Triple = number | [number, number, number];

/** Conv3D: as Conv2D. The gradient of TensorFlow.js knows no dilations. */
export const conv3dRule: GradientRule = {
  kernel: "Conv3D",
  needs: { x: ["filter"] },
  pullback: ({ dy, attrs, shapes, input, cache }) => {
    const info = backend_util.computeConv3DInfo(
      shapes["x"] as Shape5,
      shapes["filter"] as Shape5,
      attrs["strides"] as Triple,
      (attrs["dilations"] as Triple | undefined) ?? 1,
      attrs["pad"] as "same" | "valid",
    );
    return { x: volumeBackward(dy, input("filter"), info, cache) };
  },
};

/** Conv3DBackpropInputV2, the transposed convolution: its cotangent is the convolution that it transposes. */
export const conv3dBackpropInputRule: GradientRule = {
  kernel: "Conv3DBackpropInputV2",
  needs: { dy: ["filter"] },
  pullback: ({ dy, attrs, input }) => ({
    dy: conv3d(dy as Tensor5D, input("filter") as Tensor5D, attrs["strides"] as Triple, attrs["pad"] as "same" | "valid"),
  }),
};

/**
 * AvgPool3D: each window hands ȳ, over the number of its entries that lie inside the volume, to all of them. The gradient of TensorFlow.js
 * counts entries outside, too.
 */
export const avgPool3dRule: GradientRule = {
  kernel: "AvgPool3D",
  needs: { x: [] },
  pullback: function avgPool3dPullback({ dy, attrs, shapes, cache }) {
    const [n, depth, height, width, channels] = shapes["x"] as Shape5;
    const info = backend_util.computePool3DInfo(
      [n * channels, depth, height, width, 1],
      attrs["filterSize"] as Triple,
      attrs["strides"] as Triple,
      1,
      attrs["pad"] as "same" | "valid",
      attrs["dimRoundingMode"] as "floor" | undefined,
    );
    const shares = transpose(div(dy, windowCounts(info)), [0, 4, 1, 2, 3]);
    const window = ones([info.filterDepth, info.filterHeight, info.filterWidth, 1, 1]);
    const x = volumeBackward(reshape(shares, [n * channels, info.outDepth, info.outHeight, info.outWidth, 1]), window, info, cache);
    return { x: transpose(reshape(x, [n, channels, depth, height, width]), [0, 2, 3, 4, 1]) };
  },
};

/** How many entries of each window lie inside the volume: [1, Do, Ho, Wo, 1]. */
function windowCounts({ padInfo, ...info }: backend_util.Conv3DInfo): Tensor {
  const inside = (outSize: number, stride: number, padBefore: number, filterSize: number, inSize: number): number[] =>
    Array.from({ length: outSize }, (_, o) => Math.min(o * stride - padBefore + filterSize, inSize) - Math.max(o * stride - padBefore, 0));
  const depths = inside(info.outDepth, info.strideDepth, padInfo.front, info.filterDepth, info.inDepth);
  const rows = inside(info.outHeight, info.strideHeight, padInfo.top, info.filterHeight, info.inHeight);
  const columns = inside(info.outWidth, info.strideWidth, padInfo.left, info.filterWidth, info.inWidth);
  const counts = depths.flatMap((depth) => rows.flatMap((row) => columns.map((column) => depth * row * column)));
  return tensor(counts, [1, info.outDepth, info.outHeight, info.outWidth, 1]);
}
