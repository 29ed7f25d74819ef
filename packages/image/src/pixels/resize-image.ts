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
      return centre(image, uncropped(size, cropFraction), size, interpolation);
    case "letterbox":
      return padTo(resamplePicture(image, sizeInside(image, size), interpolation), size, background);
    case "crop":
      return centre(image, sizeToCrop(image, size, cropFraction), size, interpolation);
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

/** The centre of a picture that is resampled to a size at least as large. */
function centre(image: RgbImage, whole: ImageSize, { width, height }: ImageSize, interpolation: Preprocessing["interpolation"]): RgbImage {
  const left = -offset(width, whole.width);
  const top = -offset(height, whole.height);
  return resamplePicture(image, whole, interpolation, { left, top, width, height });
}

function padTo(image: RgbImage, size: ImageSize, background: Preprocessing["background"]): RgbImage {
  const data = new Uint8Array(size.width * size.height * 3);
  for (let at = 0; at < data.length; at++) data[at] = background[at % 3]!;
  return copyRectangle(image, data, size);
}

/** Lays a picture centre on centre over `data`, a picture of a size at least as large. */
function copyRectangle(image: RgbImage, data: Uint8Array, size: ImageSize): RgbImage {
  const left = offset(size.width, image.width);
  const top = offset(size.height, image.height);
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
    data.set(row, ((top + y) * size.width + left) * 3);
  }
  return { width: size.width, height: size.height, data };
}

/** Where a length begins that is laid centre on centre over another one. Half a pixel goes to the even side, as Python rounds in torchvision's CenterCrop. */
function offset(under: number, over: number): number {
  return roundHalfToEven((under - over) / 2);
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
