import { type FloatTensor, XDeepError } from "@xdeep/core";
import { type AttributionMap, blurMap, normalizeMap, normalizeSignedMap, reduceChannels } from "@xdeep/map/values";
import { type ColorInterpolator, type ColorScale, type DivergingColorMap, type SequentialColorMap, divergingScale, sequentialScale } from "./color-map.ts";
import { greyLevel } from "../pixels/grey-level.ts";
import type { RenderOptions } from "./render-heat-map.ts";
import { resizeMap } from "../pixels/resize-map.ts";
import { type RgbImage, checkRgbImage } from "../pixels/rgb-image.ts";

export interface OverlayOptions extends Omit<RenderOptions, "size"> {
  /** Default "turbo"; of signed maps "RdBu". */
  readonly colorMap?: SequentialColorMap | DivergingColorMap | ColorInterpolator | undefined;
  /** As in RenderOptions; default a hundredth of the picture's longer side. */
  readonly blur?: number | undefined;
  /** Opacity of the heat map where it is strongest, 0…1. It falls to 0 with the strength, so that the rest of the picture stays. Default 0.75. */
  readonly opacity?: number | undefined;
  /** How much colour the picture keeps, 0…1: the less, the better the heat map stands out. Default 0.3. */
  readonly saturation?: number | undefined;
}

/** In units of the longer side. */
const DEFAULT_BLUR = 0.01;

/**
 * The heat map over the picture it explains, at the picture's size: clear where a pixel counts little, coloured where it counts much.
 *
 * With `reduce: "sum"` the map is signed: what speaks for the target in one colour, what speaks against it in another. A map without contrast leaves
 * the picture, with less colour.
 *
 * @throws {XDeepError} INPUT_SHAPE when the proportions of picture and attribution differ; and as `renderHeatMap`.
 */
export function renderOverlay(picture: RgbImage, attribution: FloatTensor | AttributionMap, options: OverlayOptions = {}): RgbImage {
  checkRgbImage(picture);
  const opacity = fraction("opacity", options.opacity ?? 0.75);
  const saturation = fraction("saturation", options.saturation ?? 0.3);
  const map = reduceChannels(attribution, options);
  requireProportions(picture, map);
  const blur = options.blur ?? Math.max(picture.width, picture.height) * DEFAULT_BLUR;
  const smoothed = blurMap(resizeMap(map, picture, options.interpolation), blur);
  const { strength, colorAt } = options.reduce === "sum" ? signed(smoothed, options) : unsigned(smoothed, options);
  const data = new Uint8Array(picture.data.length);
  strength.data.forEach((value, pixel) => {
    const at = pixel * 3;
    const grey = greyLevel(picture.data, at);
    const color = colorAt(value);
    const alpha = opacity * Math.abs(value);
    for (let channel = 0; channel < 3; channel++) {
      const under = grey + (picture.data[at + channel]! - grey) * saturation;
      data[at + channel] = Math.round(under * (1 - alpha) + color[channel]! * alpha);
    }
  });
  return { width: picture.width, height: picture.height, data };
}

/** How strongly each pixel is coloured, −1…1, and the colours of strengths. */
interface Coloring {
  readonly strength: AttributionMap;
  readonly colorAt: ColorScale;
}

function unsigned(map: AttributionMap, options: OverlayOptions): Coloring {
  return { strength: normalizeMap(map, options), colorAt: sequentialScale((options.colorMap ?? "turbo") as SequentialColorMap) };
}

function signed(map: AttributionMap, options: OverlayOptions): Coloring {
  const scale = divergingScale((options.colorMap ?? "RdBu") as DivergingColorMap);
  return { strength: normalizeSignedMap(map, options), colorAt: (value) => scale((value + 1) / 2) };
}

function fraction(name: string, value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new XDeepError("OPTION_INVALID", `Option "${name}" is a number 0…1; got ${String(value)}.`, { details: { [name]: value } });
}

/** A heat map of the cropped picture over the uncropped one would point at the wrong places. */
function requireProportions(picture: RgbImage, map: AttributionMap): void {
  const height = (map.height / map.width) * picture.width;
  const tolerance = Math.max(1, picture.width / map.width);
  if (Math.abs(height - picture.height) <= tolerance) return;
  throw new XDeepError(
    "INPUT_SHAPE",
    `The picture (${picture.width} × ${picture.height}) and the attribution (${map.width} × ${map.height}, width × height) have other proportions, ` +
      "so their pixels do not correspond. Pass the `picture` that preprocess() returned with the tensor.",
    { details: { picture: [picture.width, picture.height], attribution: [map.width, map.height] } },
  );
}
