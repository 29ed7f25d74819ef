import type { ImageSize } from "./preprocessing.ts";

/** Between the values of a small map: `linear` draws smooth slopes, `nearest` each value as a square. */
export type Interpolation = "linear" | "nearest";

/** Values in rows of pixels, `channels` to a pixel. */
export interface Raster extends ImageSize {
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

/**
 * A raster at another size.
 *
 * `linear` weighs by a triangle around the centre of the new pixel, one pixel wide on either side, or wider by the factor by which the
 * raster shrinks, so that it does not alias: torch's `interpolate(mode="bilinear", antialias=True)`. At the edges the weights are those
 * of the pixels that exist.
 */
export function resample(raster: Raster, size: ImageSize, interpolation: Interpolation): Float64Array {
  const { width, height, channels, data } = raster;
  const across = resampleLines(data, samplesOf(width, size.width, interpolation), {
    lines: height,
    lineStep: width * channels,
    newLineStep: size.width * channels,
    step: channels,
    channels,
  });
  return resampleLines(across, samplesOf(height, size.height, interpolation), {
    lines: size.width,
    lineStep: channels,
    newLineStep: channels,
    step: size.width * channels,
    channels,
  });
}

/** Which values a new value is made of: those from `first` on, with these weights. */
interface Sample {
  readonly first: number;
  readonly weights: readonly number[];
}

/** One sample for each new pixel along one axis. */
function samplesOf(from: number, to: number, interpolation: Interpolation): Sample[] {
  const factor = from / to;
  return Array.from({ length: to }, (_, at) => {
    const center = (at + 0.5) * factor;
    if (interpolation === "nearest") return { first: Math.min(from - 1, Math.floor(center)), weights: [1] };
    const reach = Math.max(1, factor);
    const first = Math.max(0, Math.floor(center - reach + 0.5));
    const last = Math.min(from - 1, Math.ceil(center + reach - 0.5) - 1);
    const triangle = Array.from({ length: last - first + 1 }, (__, offset) => Math.max(0, 1 - Math.abs(first + offset + 0.5 - center) / reach));
    const total = triangle.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: triangle.map((weight) => weight / total) };
  });
}

/** Where rows or columns lie in memory, before and after. */
interface Lines {
  readonly lines: number;
  readonly lineStep: number;
  readonly newLineStep: number;
  /** From one pixel of a line to the next. */
  readonly step: number;
  readonly channels: number;
}

function resampleLines(data: ArrayLike<number>, samples: readonly Sample[], { lines, lineStep, newLineStep, step, channels }: Lines): Float64Array {
  const result = new Float64Array(lines * samples.length * channels);
  for (let line = 0; line < lines; line++) {
    for (let at = 0; at < samples.length; at++) {
      const { first, weights } = samples[at]!;
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        let from = line * lineStep + first * step + channel;
        for (let tap = 0; tap < weights.length; tap++, from += step) sum += weights[tap]! * data[from]!;
        result[line * newLineStep + at * step + channel] = sum;
      }
    }
  }
  return result;
}
