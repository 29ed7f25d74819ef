import { loadSharp } from "./load-sharp.ts";
import { type RgbImage, checkRgbImage } from "./rgb-image.ts";

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
 * @throws {XDeepError} IMAGE_INVALID when the picture's bytes do not fit its size; errors of the file system as they are.
 */
export async function writePng(path: string | URL, image: RgbImage): Promise<void> {
  const bytes = await encodePng(image);
  const [fs, { dirname }, { fileURLToPath }] = await Promise.all([import("node:fs/promises"), import("node:path"), import("node:url")]);
  const file = path instanceof URL ? fileURLToPath(path) : path;
  await fs.mkdir(dirname(file), { recursive: true });
  await fs.writeFile(file, bytes);
}
