import { type FloatTensor, sizeOf } from "@xdeep/core";

import type { ExplainedLayer } from "../explain/explanation.ts";
import type { PreparedInput } from "../inputs/prepare-input.ts";

/** What is known of the input that was explained. */
export interface PictureFacts extends Pick<PreparedInput, "layout"> {
  /** Null where the input is no picture. */
  readonly picture: object | null;
}

/**
 * An attribution as a picture in the input's layout: what has four axes, and the squares of a transformer, whose tokens are cut from a picture. Null for what is
 * no picture.
 *
 * @param value what was attributed to
 */
export function pictureOf(value: string, tensor: FloatTensor, layer: ExplainedLayer | null, { layout, picture }: PictureFacts): FloatTensor | null {
  const isAtLayer = layer?.name === value;
  if (isAtLayer && tensor.dims.length === 2 && picture !== null) return squares(tensor, layout);
  if (tensor.dims.length !== 4) return null;
  const last = layout === "NHWC";
  const turned = isAtLayer && isChannelsLast(tensor, layer.channelAxis, last) !== last ? withAxes(tensor, last ? [0, 2, 3, 1] : [0, 3, 1, 2]) : tensor;
  const [height, width] = last ? turned.dims.slice(1, 3) : turned.dims.slice(2);
  return height! > 1 && width! > 1 ? turned : null;
}

/** Maps have one channel; where that does not tell, the layer's channels lie as the input's. */
function isChannelsLast({ dims }: FloatTensor, channelAxis: number | null, otherwise: boolean): boolean {
  if (channelAxis !== null) return channelAxis === 3;
  return (dims[1] === 1) === (dims[3] === 1) ? otherwise : dims[3] === 1;
}

/** [N, tokens] as squares, the class token left out. */
function squares({ dims, data }: FloatTensor, layout: PictureFacts["layout"]): FloatTensor | null {
  const [rows = 0, tokens = 0] = dims;
  const skipped = [0, 1].find((count) => Number.isInteger(Math.sqrt(tokens - count)));
  const side = Math.sqrt(tokens - (skipped ?? 0));
  if (skipped === undefined || side < 2) return null;
  const parts = Array.from({ length: rows }, (_, row) => [...data.subarray(row * tokens + skipped, (row + 1) * tokens)]);
  return { type: "float32", dims: layout === "NHWC" ? [rows, side, side, 1] : [rows, 1, side, side], data: Float32Array.from(parts.flat()) };
}

function withAxes({ type, dims, data }: FloatTensor, axes: readonly number[]): FloatTensor {
  const strides = dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
  const target = axes.map((axis) => dims[axis]!);
  const values = Float32Array.from(data, (_, i) => {
    const places = target.map((dim, axis) => Math.floor(i / sizeOf(target.slice(axis + 1))) % dim);
    return data[places.reduce((at, place, axis) => at + place * strides[axes[axis]!]!, 0)]!;
  });
  return { type, dims: target, data: values };
}
