import { XDeepError } from "@xdeep/core";
import type { AttributionMap } from "./attribution-map.ts";
import type { ImageSize } from "./preprocessing.ts";
import { type Interpolation, resample } from "./resample.ts";

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
  return { width, height, data: resample({ ...map, channels: 1 }, size, interpolation) };
}
