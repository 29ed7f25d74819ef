import { type FloatTensor, sizeOf } from "@xdeep/core";

/** In how much detail each map of a page is shown, so that the page stays small. */
export interface MapDetail {
  /** Pixels of the longer side of a picture, at most. */
  readonly side: number;
  /** Features, at most. */
  readonly features: number;
}

/** Bytes that the maps of a page take together: with pictures and the element it stays under 3 MB. */
const MAPS_BUDGET = 2_000_000;
/** A float32 in base64. */
const BYTES_PER_VALUE = 4 * (4 / 3);
/** A float32 with the name of its feature. */
const BYTES_PER_FEATURE = 32;
/** Classes of many inputs with a line and with maps, at most. */
export const MOST_CLASSES = 30;
const LEAST_SIDE = 28;
const MOST_SIDE = 256;
const LEAST_FEATURES = 40;
const MOST_FEATURES = 5_000;

/** @param channels values that a pixel is shown by */
export function detailOf(maps: number, channels: number): MapDetail {
  const each = MAPS_BUDGET / maps;
  const between = (least: number, most: number, value: number): number => Math.floor(Math.min(most, Math.max(least, value)));
  return {
    side: between(LEAST_SIDE, MOST_SIDE, Math.sqrt(each / channels / BYTES_PER_VALUE)),
    features: between(LEAST_FEATURES, MOST_FEATURES, each / BYTES_PER_FEATURE),
  };
}

/** How many maps there is room for in the least detail. */
export function mostMaps(channels: number): number {
  return Math.floor(MAPS_BUDGET / (LEAST_SIDE * LEAST_SIDE * channels * BYTES_PER_VALUE));
}

/** All features, or the strongest where there are more than `most`, in their order where all are. */
export function strongest({ dims, data }: FloatTensor, most: number): { readonly tensor: FloatTensor; readonly places: readonly number[] } {
  const places = Array.from(data.keys());
  const kept = places.length <= most ? places : places.sort((a, b) => Math.abs(data[b]!) - Math.abs(data[a]!)).slice(0, most);
  const tensor: FloatTensor = { type: "float32", dims: [1, kept.length], data: Float32Array.from(kept, (at) => data[at]!) };
  return sizeOf(dims) === 0 ? { tensor, places: [] } : { tensor, places: kept };
}
