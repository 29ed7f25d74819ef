import { type FloatTensor, XDeepError, float32 } from "@xdeep/core";
import { greyLevel } from "./grey-level.ts";
import type { Preprocessing } from "../preprocessing/preprocessing.ts";
import { type PreprocessingOptions, resolvePreprocessing } from "../preprocessing/resolve-preprocessing.ts";
import { type RgbImage, checkRgbImage } from "./rgb-image.ts";

/**
 * The tensor of a picture that already has the model's size: [1, C, H, W] or [1, H, W, C]. Nothing is resized.
 *
 * @throws {XDeepError} OPTION_INVALID for a bad preprocessing, IMAGE_INVALID for a picture that is not consistent.
 */
export function tensorFromImage(image: RgbImage, preprocessing: PreprocessingOptions): FloatTensor {
  return tensorFromImages([image], preprocessing);
}

/**
 * The batch of several pictures of one size: [N, C, H, W] or [N, H, W, C]. Nothing is resized.
 *
 * @throws {XDeepError} BATCH_INVALID when there is no picture or their sizes differ; and as `tensorFromImage`.
 */
export function tensorFromImages(images: readonly RgbImage[], preprocessing: PreprocessingOptions): FloatTensor {
  const resolved = resolvePreprocessing(preprocessing);
  const { width, height } = commonSize(images);
  const channels = resolved.mean.length;
  const pixels = width * height;
  const data = new Float32Array(images.length * channels * pixels);
  images.forEach((image, n) => fillRow(data.subarray(n * channels * pixels, (n + 1) * channels * pixels), image, resolved));
  const dims = resolved.layout === "NCHW" ? [images.length, channels, height, width] : [images.length, height, width, channels];
  return float32(dims, data);
}

function commonSize(images: readonly RgbImage[]): { width: number; height: number } {
  const [first] = images;
  if (first === undefined) throw new XDeepError("BATCH_INVALID", "A batch needs at least one picture, got none.");
  images.forEach((image, n) => {
    checkRgbImage(image);
    if (image.width === first.width && image.height === first.height) return;
    throw new XDeepError(
      "BATCH_INVALID",
      `Pictures of one batch have one size: picture ${n} is ${image.width} × ${image.height}, picture 0 is ${first.width} × ${first.height}. ` +
        'Resize them (any resize mode but "none"), or run them one by one.',
      { details: { picture: n, width: image.width, height: image.height, expected: [first.width, first.height] } },
    );
  });
  return first;
}

function fillRow(row: Float32Array, { width, height, data }: RgbImage, { channels, layout, scale, mean, std }: Preprocessing): void {
  const count = mean.length;
  const [planeStep, pixelStep] = layout === "NCHW" ? [width * height, 1] : [1, count];
  for (let channel = 0; channel < count; channel++) {
    const levels = levelsOf(scale, mean[channel]!, std[channel]!);
    let at = channel * planeStep;
    if (channels === "grey") for (let from = 0; from < data.length; from += 3, at += pixelStep) row[at] = levels[greyLevel(data, from)]!;
    else for (let from = channels === "rgb" ? channel : 2 - channel; from < data.length; from += 3, at += pixelStep) row[at] = levels[data[from]!]!;
  }
}

/** What the model sees of each of the 256 levels. */
function levelsOf(scale: number, mean: number, std: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, level) => (level * scale - mean) / std);
}
