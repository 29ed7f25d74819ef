import { XDeepError } from "@xdeep/core";
import { loadSharp } from "./load-sharp.ts";
import { type RgbImage, checkRgbImage } from "../pixels/rgb-image.ts";

export interface JpegOptions {
  /** 1…100. Default 85. */
  readonly quality?: number | undefined;
}

/**
 * The bytes of a JPEG file: about a tenth of a PNG's, for pictures that are looked at and not read again.
 *
 * @throws {XDeepError} IMAGE_INVALID when the picture's bytes do not fit its size; OPTION_INVALID for a quality out of range.
 */
export async function encodeJpeg(image: RgbImage, { quality = 85 }: JpegOptions = {}): Promise<Uint8Array> {
  checkRgbImage(image);
  if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new XDeepError("OPTION_INVALID", `Option "quality" is an integer from 1 to 100; got ${String(quality)}.`, { details: { quality } });
  }
  const sharp = await loadSharp();
  const { width, height, data } = image;
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
      .jpeg({ quality, chromaSubsampling: "4:4:4" })
      .toBuffer(),
  );
}
