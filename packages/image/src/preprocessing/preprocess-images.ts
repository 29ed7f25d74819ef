import type { FloatTensor } from "@xdeep/core";
import { greyImage } from "../pixels/grey-level.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { resizeImage } from "../pixels/resize-image.ts";
import { type PreprocessingOptions, resolvePreprocessing } from "./resolve-preprocessing.ts";
import type { RgbImage } from "../pixels/rgb-image.ts";
import { tensorFromImages } from "../pixels/tensor-from-image.ts";

/** Several pictures as one batch, ready for a model and for rendering. */
export interface PreprocessedBatch {
  /** [N, C, H, W] or [N, H, W, C]. */
  readonly tensor: FloatTensor;
  /** What the model sees of each, before normalisation: resized, cropped, grey where it takes one channel. Draw attributions over these. */
  readonly pictures: readonly RgbImage[];
  /** Every value that was used. */
  readonly preprocessing: Preprocessing;
}

/**
 * Makes one batch of decoded pictures. In Node, `preprocessBatch` decodes files as well.
 *
 * @throws {XDeepError} OPTION_INVALID for a bad preprocessing, IMAGE_INVALID for a picture that is not consistent, and BATCH_INVALID when there is
 * none or `resize: "none"` leaves them with different sizes.
 */
export function preprocessImages(images: readonly RgbImage[], options: PreprocessingOptions): PreprocessedBatch {
  const preprocessing = resolvePreprocessing(options);
  const pictures = images.map((image) => seenPicture(image, preprocessing));
  return { tensor: tensorFromImages(pictures, preprocessing), pictures, preprocessing };
}

/** What the model sees of a picture. */
export function seenPicture(image: RgbImage, preprocessing: Preprocessing): RgbImage {
  const resized = resizeImage(image, preprocessing);
  return preprocessing.channels === "grey" ? greyImage(resized) : resized;
}
