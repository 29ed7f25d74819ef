import { sliceRows } from "@xdeep/core";
import { type ContactSheet, type ContactSheetCell, type RgbImage, renderOverlay, resizeImage } from "@xdeep/image";
import { halfShare } from "./scenes/mosaic.ts";
import type { MethodResult, Study } from "./study/study.ts";

/** Side of a picture on the sheet and in the single overlays, in pixels: an enlarged picture carries a smoother heat map. */
const PICTURE_SIZE = 192;

/** The picture of a scene, enlarged. */
export function enlarge(image: RgbImage): RgbImage {
  return resizeImage(image, { preset: "unit", size: PICTURE_SIZE, resize: "stretch" });
}

/** The heat map of one picture and method over the enlarged picture. */
export function overlay({ scenes }: Study, { attribution }: MethodResult, row: number): RgbImage {
  return renderOverlay(enlarge(scenes[row]!.image), sliceRows(attribution.values, row, row + 1), { blur: 2, saturation: 0.15, opacity: 0.85 });
}

/** The heat map of one mosaic and method over the enlarged mosaic. */
function overlayBeside({ mosaics }: Study, { beside }: MethodResult, row: number): RgbImage {
  return renderOverlay(enlargeMosaic(mosaics[row]!.image), sliceRows(beside.values, row, row + 1), { blur: 2, saturation: 0.15, opacity: 0.85 });
}

function enlargeMosaic(image: RgbImage): RgbImage {
  return resizeImage(image, { preset: "unit", size: { width: PICTURE_SIZE, height: PICTURE_SIZE / 2 }, resize: "stretch" });
}

/** One row for each of the first `count` pictures, one column for each method; below them mosaics of two objects, one of which is asked for. */
export function describeSheet(study: Study, count: number, mosaicCount: number): ContactSheet {
  const { scenes, areas, results, probabilities } = study;
  return {
    title: "What the network looked at",
    note:
      "Each row is a picture that the network has never seen, with its answer and how sure it is; each column is a method. Warm colours mark the pixels " +
      "that count most. Bars: share of the attribution on the shape; under the input, the share of the picture that the shape covers: a blind guess. " +
      "At the bottom two objects and one question: the bar is the share of the positive attribution on the side of the one that is asked for, a blind guess 50 %.",
    columns: ["input", ...results.map(({ method }) => method.name)],
    cellSize: PICTURE_SIZE,
    rows: [
      ...scenes.slice(0, count).map((scene, row) => ({
        label: `${study.classNames[row]}, ${percent(probabilities[row]!)}`,
        cells: [cell(enlarge(scene.image), areas[row]!), ...results.map((result) => cell(overlay(study, result, row), result.shares[row]!))],
      })),
      ...study.mosaics.slice(0, mosaicCount).map((mosaic, row) => ({
        label: `why ${mosaic.asked.className}, not ${mosaic.other.className}?`,
        cells: [
          cell(enlargeMosaic(mosaic.image), 0.5),
          ...results.map((result) => cell(overlayBeside(study, result, row), halfShare(result.beside.values, study.mosaics, row))),
        ],
      })),
    ],
  };
}

function cell(image: RgbImage, share: number): ContactSheetCell {
  return { image, bar: share, caption: percent(share) };
}

/** A share as whole percents. */
function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
