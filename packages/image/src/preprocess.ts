import type { FloatTensor } from "@xdeep/core";
import { type DecodeOptions, decodeImage } from "./decode-image.ts";
import type { ImageSource } from "./image-source.ts";
import { type PreprocessedBatch, seenPicture } from "./preprocess-images.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { type PreprocessingOptions, resolvePreprocessing } from "./resolve-preprocessing.ts";
import { type RgbImage, isRgbImage } from "./rgb-image.ts";
import { tensorFromImages } from "./tensor-from-image.ts";

/** One picture, ready for a model and for rendering. */
export interface PreprocessedImage {
  /** [1, C, H, W] or [1, H, W, C]. */
  readonly tensor: FloatTensor;
  /** What the model sees, before normalisation: resized, cropped, grey where it takes one channel. Draw attributions over this one. */
  readonly picture: RgbImage;
  /** Every value that was used. */
  readonly preprocessing: Preprocessing;
}

/** How files are read: `maxPixels`, and a `signal` that aborts. */
export type PreprocessControl = Pick<DecodeOptions, "maxPixels" | "signal">;

/**
 * Reads a picture and makes a model's input of it.
 *
 * @throws {XDeepError} OPTION_INVALID for a bad preprocessing; IMAGE_INVALID when the file is missing, damaged or no picture.
 * @example
 * const { tensor, picture } = await preprocess("cat.jpg", { preset: "imagenet", size: 299 });
 */
export async function preprocess(source: ImageSource | RgbImage, options: PreprocessingOptions, control: PreprocessControl = {}): Promise<PreprocessedImage> {
  const { tensor, pictures, preprocessing } = await preprocessBatch([source], options, control);
  return { tensor, picture: pictures[0]!, preprocessing };
}

/**
 * Reads several pictures and makes one batch of them.
 *
 * @throws {XDeepError} BATCH_INVALID when there is none, or `resize: "none"` leaves them with different sizes; and as `preprocess`.
 */
export async function preprocessBatch(
  sources: readonly (ImageSource | RgbImage)[],
  options: PreprocessingOptions,
  control: PreprocessControl = {},
): Promise<PreprocessedBatch> {
  const preprocessing = resolvePreprocessing(options);
  const pictures: RgbImage[] = [];
  // One after the other: a decoded photograph takes tens of megabytes.
  for (const source of sources) {
    const image = isRgbImage(source) ? source : await decodeImage(source, { ...control, background: preprocessing.background });
    pictures.push(seenPicture(image, preprocessing));
  }
  return { tensor: tensorFromImages(pictures, preprocessing), pictures, preprocessing };
}
