import type { FloatTensor } from "@xdeep/core";
import type { DecodeOptions } from "../files/decode-picture.ts";
import type { ImageSource } from "../files/image-source.ts";
import { type PreprocessedBatch, seenPicture } from "./preprocess-images.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { type PreprocessingOptions, resolvePreprocessing } from "./resolve-preprocessing.ts";
import { type RgbImage, isRgbImage } from "../pixels/rgb-image.ts";
import { tensorFromImages } from "../pixels/tensor-from-image.ts";

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

/** What is preprocessed, how, and what decodes the files among the sources. */
export interface PreprocessRequest {
  readonly options: PreprocessingOptions;
  readonly control: PreprocessControl;
  decode(source: ImageSource, options: DecodeOptions): Promise<RgbImage>;
}

/** `preprocess` by a decoder. */
export async function preprocessSource(source: ImageSource | RgbImage, request: PreprocessRequest): Promise<PreprocessedImage> {
  const { tensor, pictures, preprocessing } = await preprocessSources([source], request);
  return { tensor, picture: pictures[0]!, preprocessing };
}

/** `preprocessBatch` by a decoder. */
export async function preprocessSources(
  sources: readonly (ImageSource | RgbImage)[],
  { options, control, decode }: PreprocessRequest,
): Promise<PreprocessedBatch> {
  const preprocessing = resolvePreprocessing(options);
  const pictures: RgbImage[] = [];
  // One after the other: a decoded photograph takes tens of megabytes.
  for (const source of sources) {
    const image = isRgbImage(source) ? source : await decode(source, { ...control, background: preprocessing.background });
    pictures.push(seenPicture(image, preprocessing));
  }
  return { tensor: tensorFromImages(pictures, preprocessing), pictures, preprocessing };
}
