import { XDeepError } from "@xdeep/core";
import type { FrameSize, ImageSize, Preprocessing } from "../preprocessing/preprocessing.ts";
import { resamplePicture } from "./resample-picture.ts";
import { type PreprocessingOptions, resolvePreprocessing } from "../preprocessing/resolve-preprocessing.ts";
import { type RgbImage, checkRgbImage } from "./rgb-image.ts";

/**
 * The picture at the size that a model takes. The same pixels in Node and in browsers.
 *
 * Sizes, offsets and pixels of `crop` and `stretch` are those of torchvision's `Resize` and `CenterCrop` on PIL images. A picture that has the
 * asked size goes through the same steps as any other; only `resize: "none"` leaves it as it is. Where one side follows the picture's proportions, all modes are one.
 *
 * @throws {XDeepError} OPTION_INVALID for a bad preprocessing, IMAGE_INVALID when the picture's bytes do not fit its size, or a side that follows it would be too long.
 */
export function resizeImage(image: RgbImage, preprocessing: PreprocessingOptions): RgbImage {
  checkRgbImage(image);
  const { size: frame, resize, interpolation, cropFraction, background } = resolvePreprocessing(preprocessing);
  if (resize === "none") return image;
  const size = sizeOfFrame(image, frame);
  if (frame.width === null || frame.height === null) return resamplePicture(image, size, interpolation);
  switch (resize) {
    case "stretch":
      return resamplePicture(image, size, interpolation);
    case "stretch-crop":
      return cropTo(resamplePicture(image, uncropped(size, cropFraction), interpolation), size);
    case "letterbox":
      return padTo(resamplePicture(image, sizeInside(image, size), interpolation), size, background);
    case "crop":
      return cropTo(resamplePicture(image, sizeToCrop(image, size, cropFraction), interpolation), size);
  }
}

/** Longest side that a picture may get by its proportions. */
const LONGEST = 16_384;

/** Both sides: one that is null follows from the other and the picture's proportions. */
function sizeOfFrame(image: ImageSize, { width, height }: FrameSize): ImageSize {
  const follows = (known: number, own: number, other: number): number => Math.max(1, Math.round((known * other) / own));
  const size = {
    width: width ?? follows(height!, image.height, image.width),
    height: height ?? follows(width!, image.width, image.height),
  };
  if (Math.max(size.width, size.height) <= LONGEST) return size;
  throw new XDeepError(
    "IMAGE_INVALID",
    `A picture of ${image.width} x ${image.height} pixels would become ${size.width} x ${size.height} in its proportions; a side has at most ${LONGEST}. Cut it, or give both sides of the size.`,
    { details: { width: size.width, height: size.height, most: LONGEST } },
  );
}

/** The smallest size of the picture's proportions that covers `size / cropFraction`: one side has it, the other is cut off to a whole pixel, as in torchvision. */
function sizeToCrop(image: ImageSize, size: ImageSize, cropFraction: number): ImageSize {
  const { width, height } = uncropped(size, cropFraction);
  if (width * image.height >= height * image.width) return { width, height: Math.floor((width * image.height) / image.width) };
  return { width: Math.floor((height * image.width) / image.height), height };
}

function uncropped({ width, height }: ImageSize, cropFraction: number): ImageSize {
  // The small term: 240 / (240 / 255) must give 255.
  const side = (length: number): number => Math.floor(length / cropFraction + 1e-6);
  return { width: side(width), height: side(height) };
}

/** The largest size of the picture's proportions within `size`. */
function sizeInside(image: ImageSize, size: ImageSize): ImageSize {
  const scale = Math.min(size.width / image.width, size.height / image.height);
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  return { width: side(image.width), height: side(image.height) };
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
