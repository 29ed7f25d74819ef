import { type PixelInterpolation, pixelSamples } from "./pixel-samples.ts";
import type { ImageSize } from "../preprocessing/preprocessing.ts";
import type { RgbImage } from "./rgb-image.ts";

/** Bits behind the binary point of a weight: with 8 bits of a pixel and 2 for filters that overshoot, a sum fits into an int32. */
const WEIGHT_BITS = 22;

/** A rectangle of a picture, in pixels. */
export interface PixelWindow extends ImageSize {
  readonly left: number;
  readonly top: number;
}

/**
 * The whole picture at another size, whatever the proportions: bit for bit what `resize` of Pillow 13 gives, and so torchvision and timm on PIL images.
 *
 * Written here and not left to sharp because sharp's kernels differ by tens of levels, and because a browser has to give the same pixels.
 *
 * @param window the part of the new picture that is wanted: nothing else is computed. Default: all of it.
 */
export function resamplePicture(
  image: RgbImage,
  size: ImageSize,
  interpolation: PixelInterpolation,
  window: PixelWindow = { left: 0, top: 0, ...size },
): RgbImage {
  const columns = samplesOf(image.width, size.width, interpolation, window.left, window.width);
  const rows = samplesOf(image.height, size.height, interpolation, window.top, window.height);
  if (isDownFirst(image, size)) return resampleAcross(resampleDown(image, rows, columns.span), startingAtZero(columns));
  return resampleDown(resampleAcross(rowsIn(image, rows.span), columns), startingAtZero(rows));
}

/** Each pass rounds to 8 bits, so the order shows in the last bit. This is Pillow 13's, found by comparison; up to 12 rows came first always. */
function isDownFirst(from: ImageSize, to: ImageSize): boolean {
  const removed = from.height - to.height;
  return removed > 0 && removed > 2 * (from.width - to.width);
}

/** Pixels along one axis: `end` is excluded. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** What new pixels along one axis are made of. */
interface Samples {
  /** The first old pixel of each. */
  readonly first: Int32Array;
  /** Where the weights of each begin; one entry more says where the last ones end. */
  readonly begin: Int32Array;
  /** In units of 2⁻²². */
  readonly weights: Int32Array;
  /** The old pixels that any of them is made of. */
  readonly span: Span;
  /** New pixels are the old ones, and all of them. */
  readonly isIdentity: boolean;
}

function samplesOf(from: number, to: number, interpolation: PixelInterpolation, start: number, count: number): Samples {
  const samples = pixelSamples(from, to, from === to ? "nearest" : interpolation).slice(start, start + count);
  const first = Int32Array.from(samples, (sample) => sample.first);
  const begin = new Int32Array(count + 1);
  samples.forEach(({ weights }, n) => (begin[n + 1] = begin[n]! + weights.length));
  return {
    first,
    begin,
    weights: Int32Array.from(
      samples.flatMap(({ weights }) => weights),
      inUnits,
    ),
    span: { start: samples[0]!.first, end: samples.reduce((end, sample) => Math.max(end, sample.first + sample.weights.length), 0) },
    isIdentity: from === to && count === to,
  };
}

/** Half away from zero. */
function inUnits(weight: number): number {
  return Math.trunc(weight * 2 ** WEIGHT_BITS + (weight < 0 ? -0.5 : 0.5));
}

/** The same samples of a picture that was cut to what they need. */
function startingAtZero({ first, span, ...rest }: Samples): Samples {
  return { ...rest, span, first: first.map((pixel) => pixel - span.start) };
}

function rowsIn({ width, data }: RgbImage, { start, end }: Span): RgbImage {
  return { width, height: end - start, data: data.subarray(start * width * 3, end * width * 3) };
}

function resampleAcross(image: RgbImage, { first, begin, weights, isIdentity }: Samples): RgbImage {
  if (isIdentity) return image;
  const { width, height, data } = image;
  const newWidth = first.length;
  // A clamped array cuts off what a filter overshoots.
  const result = new Uint8ClampedArray(newWidth * height * 3);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < newWidth; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let from = (y * width + first[x]!) * 3;
      const end = begin[x + 1]!;
      for (let tap = begin[x]!; tap < end; tap++) {
        const weight = weights[tap]!;
        red += Math.imul(weight, data[from]!);
        green += Math.imul(weight, data[from + 1]!);
        blue += Math.imul(weight, data[from + 2]!);
        from += 3;
      }
      result[to++] = red >> WEIGHT_BITS;
      result[to++] = green >> WEIGHT_BITS;
      result[to++] = blue >> WEIGHT_BITS;
    }
  }
  return { width: newWidth, height, data: new Uint8Array(result.buffer) };
}

/** Of the columns in `span` alone. */
function resampleDown(image: RgbImage, { first, begin, weights, isIdentity }: Samples, span: Span = { start: 0, end: image.width }): RgbImage {
  const width = span.end - span.start;
  if (isIdentity && width === image.width) return image;
  const { data } = image;
  const stride = image.width * 3;
  const length = width * 3;
  const result = new Uint8ClampedArray(first.length * length);
  const sums = new Int32Array(length);
  for (let y = 0; y < first.length; y++) {
    sums.fill(HALF);
    const end = begin[y + 1]!;
    let from = first[y]! * stride + span.start * 3;
    for (let tap = begin[y]!; tap < end; tap++) {
      const weight = weights[tap]!;
      for (let at = 0; at < length; at++) sums[at] = sums[at]! + Math.imul(weight, data[from + at]!);
      from += stride;
    }
    for (let at = 0; at < length; at++) result[y * length + at] = sums[at]! >> WEIGHT_BITS;
  }
  return { width, height: first.length, data: new Uint8Array(result.buffer) };
}

const HALF = 2 ** (WEIGHT_BITS - 1);
