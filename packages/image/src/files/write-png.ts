import { loadSharp } from "./load-sharp.ts";
import { type RgbImage, checkRgbImage } from "../pixels/rgb-image.ts";
import { writeWholeFile } from "./write-whole-file.ts";

/**
 * The bytes of a PNG file, 8-bit RGB.
 *
 * @throws {XDeepError} IMAGE_INVALID when the picture's bytes do not fit its size.
 */
export async function encodePng(image: RgbImage): Promise<Uint8Array> {
  checkRgbImage(image);
  const sharp = await loadSharp();
  const { width, height, data } = image;
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
      .png()
      .toBuffer(),
  );
}

/**
 * Writes a PNG file, and the folders above it where they are missing.
 *
 * @throws {XDeepError} IMAGE_INVALID when the picture's bytes do not fit its size; WRITE_FAILED as `writeWholeFile`.
 */
export async function writePng(path: string | URL, image: RgbImage): Promise<void> {
  await writeWholeFile(path, await encodePng(image));
}
