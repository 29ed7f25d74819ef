import { type Tensor, type Tensor4D, concat, conv2d, depthwiseConv2d, pad, reshape, reverse, stridedSlice, sum, transpose } from "@tensorflow/tfjs-core";

import type { FilterCache } from "./filter-cache.ts";
import { interleave, interleaveChannels } from "./interleave.ts";
import { type PhaseAxis, type WindowGeometry, padOrCut, phasesOf } from "./window-geometry.ts";

/**
 * Input cotangent of a convolution as a forward convolution of ȳ with turned filters, which is what engines run fastest: without stride
 * with the same dilation, with stride as one convolution that yields every phase of the input as channels.
 *
 * ȳ: [N, Ho, Wo, Cout], filter: [kh, kw, Cin, Cout]; result: [N, H, W, Cin].
 */
export function convolutionBackward(dy: Tensor, filter: Tensor, geometry: WindowGeometry, cache: FilterCache): Tensor {
  if (isUnitStride(geometry)) {
    const turned = cache.get(filter, "conv", () => transpose(reverse(filter, [0, 1]), [0, 1, 3, 2]));
    return dense(dy, geometry, (x, padding, dilations) => conv2d(x, turned as Tensor4D, 1, padding, "NHWC", dilations));
  }
  const [rows, columns] = [phasesOf(geometry.height), phasesOf(geometry.width)];
  const turned = cache.get(filter, keyOf(geometry), () =>
    concat(
      phaseFilters(filter, geometry, rows, columns).map((part) => transpose(part, [0, 1, 3, 2])),
      3,
    ),
  );
  const x = aligned(dy, rows, columns);
  return interleaveChannels(conv2d(x.t as Tensor4D, turned as Tensor4D, 1, x.padding), geometry);
}

/** As `convolutionBackward` for a depthwise convolution. filter: [kh, kw, C, M], ȳ: [N, Ho, Wo, C · M]; result: [N, H, W, C]. */
export function depthwiseBackward(dy: Tensor, filter: Tensor, geometry: WindowGeometry, cache: FilterCache): Tensor {
  const [kh = 1, kw = 1, channels = 1, multiplier = 1] = filter.shape;
  const single = (t: Tensor): Tensor => reshape(t, [t.shape[0]!, t.shape[1]!, channels * multiplier, 1]);
  return sumMultiples(isUnitStride(geometry) ? unitStride() : strided(), channels, multiplier);

  function unitStride(): Tensor {
    const turned = cache.get(filter, "depthwise", () => reverse(reshape(filter, [kh, kw, channels * multiplier, 1]), [0, 1]));
    return dense(dy, geometry, (x, padding, dilations) => depthwiseConv2d(x, turned as Tensor4D, 1, padding, "NHWC", dilations));
  }

  function strided(): Tensor {
    const [rows, columns] = [phasesOf(geometry.height), phasesOf(geometry.width)];
    const x = aligned(dy, rows, columns);
    const phases = Array.from({ length: geometry.height.stride * geometry.width.stride }, (_, i) => {
      const turned = cache.get(filter, `depthwise ${keyOf(geometry)} ${i}`, () => phaseFilters(single(filter), geometry, rows, columns)[i]!);
      return depthwiseConv2d(x.t as Tensor4D, turned as Tensor4D, 1, x.padding);
    });
    return interleave(phases, geometry);
  }
}

type Padding = [[number, number], [number, number], [number, number], [number, number]];

function isUnitStride({ height, width }: WindowGeometry): boolean {
  return height.stride === 1 && width.stride === 1;
}

function keyOf({ height, width }: WindowGeometry): string {
  return [height.stride, height.padBefore, width.stride, width.padBefore].join(" ");
}

/** Stride 1: ȳ padded to the full correlation and convolved with the turned filter. */
function dense(dy: Tensor, { height, width }: WindowGeometry, convolve: (x: Tensor4D, padding: Padding, dilations: [number, number]) => Tensor): Tensor {
  const amounts = [height, width].map(({ filterSize, dilation, padBefore, inSize, outSize }): [number, number] => {
    const reach = (filterSize - 1) * dilation;
    return [reach - padBefore, inSize - outSize + padBefore];
  }) as [[number, number], [number, number]];
  const { t, padding } = fitted(dy, amounts[0], amounts[1]);
  return convolve(t as Tensor4D, padding, [height.dilation, width.dilation]);
}

/** ȳ padded so that a dense window of `taps` gives one value for every coarse position. */
function aligned(dy: Tensor, rows: PhaseAxis, columns: PhaseAxis): { readonly t: Tensor; readonly padding: Padding } {
  const amount = ({ taps, shift, coarse }: PhaseAxis, size: number): [number, number] => [taps - 1 - shift, coarse + shift - size];
  return fitted(dy, amount(rows, dy.shape[1]!), amount(columns, dy.shape[2]!));
}

/** Leaves padding to the convolution; only cuts, which no convolution does, are made here. */
function fitted(t: Tensor, rows: [number, number], columns: [number, number]): { readonly t: Tensor; readonly padding: Padding } {
  const cut = ([before, after]: [number, number]): [number, number] => [Math.min(before, 0), Math.min(after, 0)];
  const grow = ([before, after]: [number, number]): [number, number] => [Math.max(before, 0), Math.max(after, 0)];
  return { t: padOrCut(t, cut(rows), cut(columns)), padding: [[0, 0], grow(rows), grow(columns), [0, 0]] };
}

/** The taps of each phase, turned: [taps, taps, …] for every (ph, pw), row-major. */
function phaseFilters(filter: Tensor, { height, width }: WindowGeometry, rows: PhaseAxis, columns: PhaseAxis): readonly Tensor[] {
  const [kh = 1, kw = 1, a = 1, b = 1] = filter.shape;
  const [sh, sw] = [height.stride, width.stride];
  const [fullHeight, fullWidth] = [rows.taps * sh, columns.taps * sw];
  const padded = pad(filter, [
    [rows.lead, fullHeight - kh - rows.lead],
    [columns.lead, fullWidth - kw - columns.lead],
    [0, 0],
    [0, 0],
  ]);
  return Array.from({ length: sh * sw }, (_, i) => {
    const [ph, pw] = [Math.floor(i / sw), i % sw];
    return reverse(stridedSlice(padded, [ph, pw, 0, 0], [fullHeight, fullWidth, a, b], [sh, sw, 1, 1]), [0, 1]);
  });
}

/** [N, H, W, C · M] → [N, H, W, C]. */
function sumMultiples(t: Tensor, channels: number, multiplier: number): Tensor {
  if (multiplier === 1) return t;
  const [n = 1, h = 1, w = 1] = t.shape;
  return reshape(sum(reshape(t, [n * h * w, channels, multiplier]), 2), [n, h, w, channels]);
}
