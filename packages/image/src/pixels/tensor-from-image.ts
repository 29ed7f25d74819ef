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

function fillRow(row: Float32Array, image: RgbImage, { channels, layout, scale, mean, std }: Preprocessing): void {
  const pixels = image.width * image.height;
  const count = mean.length;
  for (let channel = 0; channel < count; channel++) {
    const shift = mean[channel]!;
    const divisor = std[channel]!;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const value = (channelOf(image.data, pixel, channels, channel) * scale - shift) / divisor;
      row[layout === "NCHW" ? channel * pixels + pixel : pixel * count + channel] = value;
    }
  }
}

function channelOf(data: RgbImage["data"], pixel: number, channels: Preprocessing["channels"], channel: number): number {
  const at = pixel * 3;
  if (channels === "grey") return greyLevel(data, at);
  return data[at + (channels === "rgb" ? channel : 2 - channel)]!;
}
