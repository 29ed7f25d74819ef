import type { ImageSize, Preprocessing } from "./preprocessing.ts";
import { type PreprocessingOptions, resolvePreprocessing } from "./resolve-preprocessing.ts";
import { resample } from "./resample.ts";
import { type RgbImage, checkRgbImage } from "./rgb-image.ts";

/**
 * The picture at the size that a model takes. The same pixels in Node and in browsers.
 *
 * Filter: bilinear, widened by the factor of reduction so that it does not alias; torchvision's antialiased bilinear, rounded once to 8 bits.
 * A picture that has the asked size is returned as it is.
 *
 * @throws {XDeepError} OPTION_INVALID for a bad preprocessing, IMAGE_INVALID when the picture's bytes do not fit its size.
 */
export function resizeImage(image: RgbImage, preprocessing: PreprocessingOptions): RgbImage {
  checkRgbImage(image);
  const { size, resize, cropFraction, background } = resolvePreprocessing(preprocessing);
  if (resize === "none" || (image.width === size.width && image.height === size.height)) return image;
  if (resize === "stretch") return scaleTo(image, size);
  if (resize === "letterbox") return padTo(scaleTo(image, sizeInside(image, size)), size, background);
  return cropTo(scaleTo(image, sizeToCrop(image, size, cropFraction)), size);
}

/** The smallest size of the picture's proportions that covers `size / cropFraction`; never less than `size`. */
function sizeToCrop(image: ImageSize, size: ImageSize, cropFraction: number): ImageSize {
  const scale = Math.max(size.width / image.width, size.height / image.height) / cropFraction;
  // The small term: 256 / 300 * 300 must give 256, and the long side is cut off as torchvision does.
  const side = (length: number): number => Math.floor(length * scale + 1e-6);
  return { width: Math.max(size.width, side(image.width)), height: Math.max(size.height, side(image.height)) };
}

/** The largest size of the picture's proportions within `size`. */
function sizeInside(image: ImageSize, size: ImageSize): ImageSize {
  const scale = Math.min(size.width / image.width, size.height / image.height);
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  return { width: side(image.width), height: side(image.height) };
}

/** Scales to exactly `size`, whatever the proportions. */
function scaleTo(image: RgbImage, size: ImageSize): RgbImage {
  if (image.width === size.width && image.height === size.height) return image;
  const levels = resample({ ...image, channels: 3 }, size, "linear");
  return { width: size.width, height: size.height, data: Uint8Array.from(levels, Math.round) };
}

function cropTo(image: RgbImage, { width, height }: ImageSize): RgbImage {
  return copyRectangle(image, new Uint8Array(width * height * 3), { width, height });
}

function padTo(image: RgbImage, size: ImageSize, background: Preprocessing["background"]): RgbImage {
  const data = new Uint8Array(size.width * size.height * 3);
  for (let at = 0; at < data.length; at++) data[at] = background[at % 3]!;
  return copyRectangle(image, data, size);
}

/** Lays a picture centre on centre over `data`, a picture of `size`; what reaches beyond is cut off. */
function copyRectangle(image: RgbImage, data: Uint8Array, size: ImageSize): RgbImage {
  // Half a pixel goes to the even side, as Python rounds in torchvision's CenterCrop.
  const left = roundHalfToEven((size.width - image.width) / 2);
  const top = roundHalfToEven((size.height - image.height) / 2);
  const width = Math.min(image.width, size.width);
  for (let y = Math.max(0, top); y < Math.min(size.height, top + image.height); y++) {
    const from = ((y - top) * image.width + Math.max(0, -left)) * 3;
    data.set(image.data.subarray(from, from + width * 3), (y * size.width + Math.max(0, left)) * 3);
  }
  return { width: size.width, height: size.height, data };
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
