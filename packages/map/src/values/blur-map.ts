import { XDeepError } from "@xdeep/core";
import type { AttributionMap } from "./attribution-map.ts";

/**
 * Convolves a map with a Gaussian of standard deviation `sigma`, in pixels of the map; edge values go on outside. 0 leaves the map as it is.
 *
 * @throws {XDeepError} OPTION_INVALID when `sigma` is negative or not finite.
 */
export function blurMap(map: AttributionMap, sigma: number): AttributionMap {
  if (!(sigma >= 0 && Number.isFinite(sigma))) {
    throw new XDeepError("OPTION_INVALID", `Option "blur" is a number of pixels, 0 or more; got ${String(sigma)}.`, { details: { blur: sigma } });
  }
  if (sigma === 0) return map;
  const { width, height, data } = map;
  const kernel = gaussian(sigma);
  const across = new Float64Array(data.length);
  for (let y = 0; y < height; y++) convolve(data, across, kernel, { start: y * width, step: 1, length: width });
  const blurred = new Float64Array(data.length);
  for (let x = 0; x < width; x++) convolve(across, blurred, kernel, { start: x, step: width, length: height });
  return { width, height, data: blurred };
}

/** Weights up to three standard deviations to either side; their sum is 1. */
function gaussian(sigma: number): number[] {
  const reach = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-((at - reach) ** 2) / (2 * sigma ** 2)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** One row or column of a map: `length` values, `step` apart. */
interface Line {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

function convolve(from: Float64Array, to: Float64Array, kernel: readonly number[], { start, step, length }: Line): void {
  const reach = (kernel.length - 1) / 2;
  for (let at = 0; at < length; at++) {
    let sum = 0;
    for (let tap = 0; tap < kernel.length; tap++) {
      const neighbor = Math.max(0, Math.min(length - 1, at + tap - reach));
      sum += kernel[tap]! * from[start + neighbor * step]!;
    }
    to[start + at * step] = sum;
  }
}
