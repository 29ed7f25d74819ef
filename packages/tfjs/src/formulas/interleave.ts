import { type Tensor, concat, reshape, slice, transpose } from "@tensorflow/tfjs-core";

import type { WindowGeometry } from "./window-geometry.ts";

/**
 * Puts phases [N, Qh, Qw, C], row-major over (ph, pw), together to the image [N, H, W, C].
 *
 * Written with transposes of few axes, here and below: on wasm they are some thirty times as fast as DepthToSpace and StridedSlice.
 */
export function interleave(phases: readonly Tensor[], geometry: WindowGeometry): Tensor {
  const { stride: sh } = geometry.height;
  const { stride: sw } = geometry.width;
  const [n = 1, h = 1, w = 1, channels = 1] = phases[0]!.shape;
  if (phases.length === 1) return cropped(phases[0]!, geometry);
  const columns = transpose(reshape(concat([...phases], 0), [sh, sw, n * h * w, channels]), [0, 2, 1, 3]);
  const rows = transpose(reshape(columns, [sh, n * h, w * sw * channels]), [1, 0, 2]);
  return cropped(reshape(rows, [n, h * sh, w * sw, channels]), geometry);
}

/** As `interleave`, from phases as channels: [N, Qh, Qw, sh · sw · C]. */
export function interleaveChannels(phases: Tensor, geometry: WindowGeometry): Tensor {
  const { stride: sh } = geometry.height;
  const { stride: sw } = geometry.width;
  const [n = 1, h = 1, w = 1, channels = 1] = phases.shape;
  const rows = sh === 1 ? phases : transpose(reshape(phases, [n * h, w, sh, channels / sh]), [0, 2, 1, 3]);
  return cropped(reshape(rows, [n, h * sh, w * sw, channels / (sh * sw)]), geometry);
}

/** The opposite: an image whose sizes are multiples of the strides, as phases [N, Qh, Qw, C], row-major over (ph, pw). */
export function deinterleave(image: Tensor, { height, width }: WindowGeometry): readonly Tensor[] {
  const [sh, sw] = [height.stride, width.stride];
  if (sh === 1 && sw === 1) return [image];
  const [n = 1, h = 1, w = 1, channels = 1] = image.shape;
  const [qh, qw] = [h / sh, w / sw];
  const rows = transpose(reshape(image, [n * qh, sh, w * channels]), [1, 0, 2]);
  const columns = transpose(reshape(rows, [sh, n * qh * qw, sw, channels]), [0, 2, 1, 3]);
  const flat = reshape(columns, [sh * sw, n * qh * qw * channels]);
  return Array.from({ length: sh * sw }, (_, phase) => reshape(slice(flat, [phase, 0], [1, -1]), [n, qh, qw, channels]));
}

/** Drops what lies beyond the image, where its size is no multiple of the stride. */
function cropped(t: Tensor, { height, width }: WindowGeometry): Tensor {
  const [n = 1, h = 1, w = 1, channels = 1] = t.shape;
  return h === height.inSize && w === width.inSize ? t : slice(t, [0, 0, 0, 0], [n, height.inSize, width.inSize, channels]);
}
