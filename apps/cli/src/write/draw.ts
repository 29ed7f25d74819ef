import { type FloatTensor, isXDeepError } from "@xdeep/core";
import { type ImageSize, type OverlayOptions, type RgbImage, renderDiverging, renderGradient, renderHeatMap, renderOverlay, resizeImage } from "@xdeep/image";

import type { DrawingFlags, PictureKind } from "../commands/explain-flags.ts";
import type { PreparedInput } from "../inputs/prepare-input.ts";

/** A drawn attribution. */
export interface Drawing {
  readonly kind: PictureKind;
  readonly image: RgbImage;
}

/** Pictures of small models are enlarged by the least whole factor that brings their longer side to this, in pixels. */
const LEAST_SIDE = 224;

/**
 * Draws the attribution of one row, [1, C, H, W] or [1, H, W, C], that of a layer as large as the picture. An overlay needs a picture of the same proportions; where there is none, the
 * heat map is drawn instead. A gradient that has no colours is left out.
 */
export function draw(attribution: FloatTensor, { picture, layout, plan }: PreparedInput, flags: DrawingFlags): readonly Drawing[] {
  const axes = layout ?? undefined;
  const own = sizeOfMap(attribution, layout);
  const size = enlarged(picture !== null && isSmaller(own, picture) ? picture : own);
  const { percentile, blur, reduce } = flags;
  const common = { layout: axes, percentile, blur };
  const heatMap = (): Drawing => ({ kind: "heatmap", image: renderHeatMap(attribution, { ...common, reduce, size, colorMap: flags.colors }) });
  const drawings = flags.render.flatMap((kind): readonly (Drawing | null)[] => {
    switch (kind) {
      case "overlay":
        return [overlay(attribution, picture, flags, common) ?? heatMap()];
      case "heatmap":
        return [heatMap()];
      case "diverging":
        return [{ kind, image: renderDiverging(attribution, { ...common, size, colorMap: flags.divergingColors }) }];
      case "gradient":
        return [unlessMisfit(() => ({ kind, image: renderGradient(attribution, { ...common, channels: plan?.preprocessing.channels }) }))];
      case "sheet":
        return [];
    }
  });
  const unique = new Map(drawings.filter((drawing) => drawing !== null).map((drawing) => [drawing.kind, drawing]));
  return [...unique.values()];
}

/** The picture at the size that drawings have. */
export function enlargedPicture(picture: RgbImage): RgbImage {
  return resizeImage(picture, { preset: "unit", resize: "stretch", size: enlarged(picture) });
}

function overlay(
  attribution: FloatTensor,
  picture: RgbImage | null,
  { reduce, opacity, colors, divergingColors }: DrawingFlags,
  common: Pick<OverlayOptions, "layout" | "percentile" | "blur">,
): Drawing | null {
  if (picture === null) return null;
  const colorMap = reduce === "sum" ? divergingColors : colors;
  return unlessMisfit(() => ({ kind: "overlay", image: renderOverlay(enlargedPicture(picture), attribution, { ...common, reduce, colorMap, opacity }) }));
}

/** Null where dims or proportions do not fit, as those of inner values may not. */
function unlessMisfit(render: () => Drawing): Drawing | null {
  try {
    return render();
  } catch (error) {
    if (isXDeepError(error, "INPUT_SHAPE")) return null;
    throw error;
  }
}

/** The same part of the picture in fewer values, as layers see it. */
function isSmaller(map: ImageSize, picture: ImageSize): boolean {
  return map.width < picture.width && map.height < picture.height && Math.abs(map.width / picture.width - map.height / picture.height) < 1 / picture.width;
}

function sizeOfMap({ dims }: FloatTensor, layout: PreparedInput["layout"]): ImageSize {
  const [height, width] = layout === "NHWC" ? [dims[1]!, dims[2]!] : [dims[2]!, dims[3]!];
  return { width, height };
}

function enlarged({ width, height }: ImageSize): ImageSize {
  const factor = Math.max(1, Math.ceil(LEAST_SIDE / Math.max(width, height)));
  return { width: width * factor, height: height * factor };
}
