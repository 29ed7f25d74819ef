import { type DecodeOptions, type Decoder, decodePicture } from "./decode-picture.ts";
import type { ImageSource } from "./image-source.ts";
import { loadSharp } from "./load-sharp.ts";
import type { RgbImage } from "../pixels/rgb-image.ts";
import { tidyJpegHeader } from "./tidy-jpeg-header.ts";

/** As sharp names them. SVG is left out: its look depends on the fonts of the machine. */
const FORMATS: readonly string[] = ["png", "jpeg", "webp", "gif", "tiff", "heif"];

/**
 * Reads a picture: PNG, JPEG, WebP, and GIF, TIFF and AVIF (first frame).
 *
 * The result stands upright (EXIF orientation applied), is 8-bit sRGB (greyscale, 16-bit, CMYK and embedded colour profiles
 * converted) and opaque.
 *
 * @throws {XDeepError} IMAGE_INVALID when the file is missing, empty, no picture, larger than `maxPixels`, truncated, or its decoder finds it corrupt;
 * OPTION_INVALID when `maxPixels` is no positive number.
 */
export function decodeImage(source: ImageSource, options: DecodeOptions = {}): Promise<RgbImage> {
  return decodePicture(source, options, sharpDecoder);
}

const sharpDecoder: Decoder = {
  formats: "PNG, JPEG or WebP (GIF, TIFF and AVIF are read too)",
  async decode(bytes, [r, g, b], checkSize) {
    const sharp = await loadSharp();
    const { format, width, height } = await sharp(bytes, { failOn: "none", limitInputPixels: false }).metadata();
    if (!FORMATS.includes(format)) throw new Error(`the format is ${format}`);
    checkSize(width, height);
    // libtiff warns of tags that say nothing of the pixels. Elsewhere a warning is what tells of broken ones.
    const picture = sharp(tidyJpegHeader(bytes), { failOn: format === "tiff" ? "error" : "warning", limitInputPixels: false });
    const { data, info } = await picture
      .autoOrient()
      .flatten({ background: { r, g, b } })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`decoding gave ${info.channels} channels`);
    return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  },
};
