import { decodeImage } from "./decode-image.ts";
import type { ImageSource } from "../files/image-source.ts";
import type { PreprocessedBatch } from "../preprocessing/preprocess-images.ts";
import { type PreprocessControl, type PreprocessedImage, preprocessSource, preprocessSources } from "../preprocessing/preprocess-sources.ts";
import type { PreprocessingOptions } from "../preprocessing/resolve-preprocessing.ts";
import type { RgbImage } from "../pixels/rgb-image.ts";

/**
 * Reads a picture and makes a model's input of it.
 *
 * @throws {XDeepError} OPTION_INVALID for a bad preprocessing; IMAGE_INVALID when the file is missing, damaged or no picture.
 * @example
 * const { tensor, picture } = await preprocess("cat.jpg", { preset: "imagenet", size: 299 });
 */
export function preprocess(source: ImageSource | RgbImage, options: PreprocessingOptions, control: PreprocessControl = {}): Promise<PreprocessedImage> {
  return preprocessSource(source, { options, control, decode: decodeImage });
}

/**
 * Reads several pictures and makes one batch of them.
 *
 * @throws {XDeepError} BATCH_INVALID when there is none, or `resize: "none"` leaves them with different sizes; and as `preprocess`.
 */
export function preprocessBatch(
  sources: readonly (ImageSource | RgbImage)[],
  options: PreprocessingOptions,
  control: PreprocessControl = {},
): Promise<PreprocessedBatch> {
  return preprocessSources(sources, { options, control, decode: decodeImage });
}
