import type { FloatTensor } from "@xdeep/core";
import { type AttributionMap, type NormalizeOptions, type ReduceOptions, blurMap, normalizeMap, normalizeSignedMap, reduceChannels } from "@xdeep/map/values";
import { type ColorInterpolator, type ColorScale, type DivergingColorMap, type SequentialColorMap, divergingScale, sequentialScale } from "./color-map.ts";
import type { ImageSize } from "../preprocessing/preprocessing.ts";
import { type Interpolation, resizeMap } from "../pixels/resize-map.ts";
import type { RgbImage } from "../pixels/rgb-image.ts";

/** What every renderer takes. */
export interface RenderOptions extends ReduceOptions, NormalizeOptions {
  /** Size of the result in pixels. Default: that of the attribution. */
  readonly size?: ImageSize | undefined;
  /** How values are placed between those of a small map. Default "linear". */
  readonly interpolation?: Interpolation | undefined;
  /**
   * Standard deviation in pixels of the result of a Gaussian that smooths the map, so that scattered gradients join to regions; in signed maps what speaks for and
   * against the target in one place cancels. Default 0: every pixel as it is.
   */
  readonly blur?: number | undefined;
}

export interface HeatMapOptions extends RenderOptions {
  /** Default "inferno". */
  readonly colorMap?: SequentialColorMap | ColorInterpolator | undefined;
}

export interface DivergingOptions extends RenderOptions {
  /** Default "RdBu": positive red, zero near white, negative blue. An interpolator has zero at 0.5. */
  readonly colorMap?: DivergingColorMap | ColorInterpolator | undefined;
}

/**
 * A heat map: dark where a pixel counts little, bright where it counts much.
 *
 * A map without contrast (all zero, or constant) gives the colour of nothing everywhere.
 *
 * @throws {XDeepError} INPUT_SHAPE, RESULT_NOT_FINITE or OPTION_INVALID, as `reduceChannels`.
 */
export function renderHeatMap(attribution: FloatTensor | AttributionMap, options: HeatMapOptions = {}): RgbImage {
  const map = placed(reduceChannels(attribution, options), options);
  return paint(normalizeMap(map, options), sequentialScale(options.colorMap ?? "inferno"), (value) => value);
}

/**
 * A signed map: what speaks for the target in one colour, what speaks against it in another, on one scale. `reduce` defaults to Σa.
 *
 * A map without contrast (all zero, or constant) is neutral everywhere.
 *
 * @throws {XDeepError} INPUT_SHAPE, RESULT_NOT_FINITE or OPTION_INVALID, as `reduceChannels`.
 */
export function renderDiverging(attribution: FloatTensor | AttributionMap, options: DivergingOptions = {}): RgbImage {
  const map = placed(reduceChannels(attribution, { ...options, reduce: options.reduce ?? "sum" }), options);
  return paint(normalizeSignedMap(map, options), divergingScale(options.colorMap ?? "RdBu"), (value) => (value + 1) / 2);
}

/** At the size that was asked for, and smoothed. */
function placed(map: AttributionMap, { size, interpolation, blur = 0 }: RenderOptions): AttributionMap {
  return blurMap(size === undefined ? map : resizeMap(map, size, interpolation), blur);
}

function paint(map: AttributionMap, scale: ColorScale, position: (value: number) => number): RgbImage {
  const data = new Uint8Array(map.data.length * 3);
  map.data.forEach((value, pixel) => data.set(scale(position(value)), pixel * 3));
  return { width: map.width, height: map.height, data };
}
