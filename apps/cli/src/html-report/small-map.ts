import { type FloatTensor, float32 } from "@xdeep/core";
import { axesOf } from "@xdeep/map/values";

/** More channels are those of inner values, whose signs cancel at a place, as in `reduceChannels`. */
const MOST_COLORS = 4;

/**
 * The attribution of a picture as two channels, what speaks for and what against, at most `side` pixels wide and high. Both are sums over what lies
 * under a pixel, shared out by area where it lies under several, so that Σa and Σ|a| stay what they are.
 *
 * @param values of one row, [1, C, H, W] or [1, H, W, C]
 * @returns [1, 2, height, width]
 */
export function smallMap(values: FloatTensor, layout: "NCHW" | "NHWC" | null, side: number): FloatTensor {
  const { channels, width, height, stride, step } = axesOf(values, layout ?? undefined);
  const shrink = Math.min(1, side / Math.max(width, height));
  const small = { width: Math.max(1, Math.round(width * shrink)), height: Math.max(1, Math.round(height * shrink)) };
  const size = small.width * small.height;
  const sums = new Float64Array(2 * size);
  const columns = overlaps(width, small.width);
  const rows = overlaps(height, small.height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [positive, negative] = signs(values.data, y * width + x, { channels, stride, step });
      for (const row of rows[y]!) {
        for (const column of columns[x]!) {
          const at = row.cell * small.width + column.cell;
          const share = row.share * column.share;
          sums[at]! += positive * share;
          sums[size + at]! += negative * share;
        }
      }
    }
  }
  return float32([1, 2, small.height, small.width], Float32Array.from(sums));
}

function signs(
  data: Float32Array,
  pixel: number,
  { channels, stride, step }: { readonly channels: number; readonly stride: number; readonly step: number },
): readonly [number, number] {
  let positive = 0;
  let negative = 0;
  for (let channel = 0; channel < channels; channel++) {
    const value = data[channel * stride + pixel * step]!;
    if (value > 0) positive += value;
    else negative += value;
  }
  const sum = positive + negative;
  return channels <= MOST_COLORS ? [positive, negative] : [Math.max(0, sum), Math.min(0, sum)];
}

/** For each of `from` places, which of `to` cells of the same extent it lies in, and with which share of itself. */
function overlaps(from: number, to: number): readonly (readonly { readonly cell: number; readonly share: number }[])[] {
  return Array.from({ length: from }, (_, place) => {
    const start = (place * to) / from;
    const end = ((place + 1) * to) / from;
    const cells = [];
    for (let cell = Math.floor(start); cell < Math.min(to, Math.ceil(end)); cell++) {
      const share = (Math.min(end, cell + 1) - Math.max(start, cell)) / (end - start);
      if (share > 0) cells.push({ cell, share });
    }
    return cells;
  });
}
