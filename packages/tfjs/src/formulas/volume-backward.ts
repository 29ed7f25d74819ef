import { type Tensor, type Tensor5D, type backend_util, concat, conv3d, pad, reshape, reverse, slice, transpose, zeros } from "@tensorflow/tfjs-core";

import type { FilterCache } from "./filter-cache.ts";

/** One axis of a window that moves over volumes. */
interface Axis {
  readonly inSize: number;
  readonly stride: number;
  readonly dilation: number;
  /** (k − 1) · dilation. */
  readonly reach: number;
  readonly padBefore: number;
}

/**
 * Input cotangent of a convolution of volumes, as a forward convolution of ȳ, its entries a stride apart, with the turned filter.
 *
 * ȳ: [N, Do, Ho, Wo, Cout], filter: [kd, kh, kw, Cin, Cout]; result: [N, D, H, W, Cin].
 */
export function volumeBackward(dy: Tensor, filter: Tensor, info: backend_util.Conv3DInfo, cache: FilterCache): Tensor {
  const turned = cache.get(filter, "conv3d", () => transpose(reverse(filter, [0, 1, 2]), [0, 1, 2, 4, 3]));
  const axes = axesOf(info);
  const spread = axes.reduce((t, axis, i) => fitted(apart(t, i + 1, axis.stride), i + 1, axis), dy);
  return conv3d(spread as Tensor5D, turned as Tensor5D, 1, "valid", "NDHWC", axes.map(({ dilation }) => dilation) as [number, number, number]);
}

function axesOf({ padInfo, ...info }: backend_util.Conv3DInfo): readonly Axis[] {
  const axis = (inSize: number, stride: number, dilation: number, effective: number, padBefore: number): Axis => ({
    inSize,
    stride,
    dilation,
    reach: effective - 1,
    padBefore,
  });
  return [
    axis(info.inDepth, info.strideDepth, info.dilationDepth, info.effectiveFilterDepth, padInfo.front),
    axis(info.inHeight, info.strideHeight, info.dilationHeight, info.effectiveFilterHeight, padInfo.top),
    axis(info.inWidth, info.strideWidth, info.dilationWidth, info.effectiveFilterWidth, padInfo.left),
  ];
}

/** Entries of an axis, each with stride − 1 zeros behind it. */
function apart(t: Tensor, axis: number, stride: number): Tensor {
  if (stride === 1) return t;
  const [before, size, after] = [product(t.shape.slice(0, axis)), t.shape[axis]!, product(t.shape.slice(axis + 1))];
  const rows = reshape(t, [before * size, 1, after]);
  return reshape(
    concat([rows, zeros([before * size, stride - 1, after])], 1),
    t.shape.map((dim, i) => (i === axis ? dim * stride : dim)),
  );
}

/** The axis padded or cut, so that windows of the filter's reach give one value for each entry of the input. */
function fitted(t: Tensor, axis: number, { inSize, reach, padBefore }: Axis): Tensor {
  const before = reach - padBefore;
  const after = inSize + padBefore - t.shape[axis]!;
  const start = Math.max(-before, 0);
  const size = t.shape[axis]! - start - Math.max(-after, 0);
  const cut = slice(
    t,
    t.shape.map((_, i) => (i === axis ? start : 0)),
    t.shape.map((dim, i) => (i === axis ? size : dim)),
  );
  return pad(
    cut,
    t.shape.map((_, i): [number, number] => (i === axis ? [Math.max(before, 0), Math.max(after, 0)] : [0, 0])),
  );
}

function product(dims: readonly number[]): number {
  return dims.reduce((a, b) => a * b, 1);
}
