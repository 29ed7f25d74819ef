import { XDeepError } from "@xdeep/core";
import type { AttributionMap } from "@xdeep/map/values";
import { type PixelSample, pixelSamples } from "./pixel-samples.ts";
import type { ImageSize } from "../preprocessing/preprocessing.ts";

/** Between the values of a small map: `linear` draws smooth slopes, `nearest` each value as a square. */
export type Interpolation = "linear" | "nearest";

/**
 * The map at another size, by default `linear`: bilinear between the centres of pixels, and an average where the map shrinks.
 *
 * @throws {XDeepError} OPTION_INVALID for an unknown interpolation or a size that is not positive integers.
 */
export function resizeMap(map: AttributionMap, size: ImageSize, interpolation: Interpolation = "linear"): AttributionMap {
  const { width, height } = size;
  if (![width, height].every((side) => Number.isInteger(side) && side > 0)) {
    throw new XDeepError("OPTION_INVALID", `A size is { width, height }, positive integers; got ${JSON.stringify(size)}.`);
  }
  if (interpolation !== "linear" && interpolation !== "nearest") {
    throw new XDeepError("OPTION_INVALID", `Option "interpolation" is "linear" or "nearest"; got "${String(interpolation)}".`);
  }
  if (map.width === width && map.height === height) return map;
  const filter = interpolation === "linear" ? "bilinear" : "nearest";
  const across = resampleLines(map.data, pixelSamples(map.width, width, filter), { lines: map.height, lineStep: map.width, newLineStep: width, step: 1 });
  const data = resampleLines(across, pixelSamples(map.height, height, filter), { lines: width, lineStep: 1, newLineStep: 1, step: width });
  return { width, height, data };
}

/** Where rows or columns lie in memory, before and after. */
interface Lines {
  readonly lines: number;
  readonly lineStep: number;
  readonly newLineStep: number;
  /** From one value of a line to the next. */
  readonly step: number;
}

function resampleLines(data: Float64Array, samples: readonly PixelSample[], { lines, lineStep, newLineStep, step }: Lines): Float64Array {
  const result = new Float64Array(lines * samples.length);
  for (let line = 0; line < lines; line++) {
    samples.forEach(({ first, weights }, at) => {
      let sum = 0;
      let from = line * lineStep + first * step;
      for (const weight of weights) {
        sum += weight * data[from]!;
        from += step;
      }
      result[line * newLineStep + at * step] = sum;
    });
  }
  return result;
}
