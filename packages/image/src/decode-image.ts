import { XDeepError, isXDeepError } from "@xdeep/core";
import { type ImageSource, describeSource, readImageSource } from "./image-source.ts";
import { loadSharp } from "./load-sharp.ts";
import { type RgbColor, type RgbImage, WHITE } from "./rgb-image.ts";
import { tidyJpegHeader } from "./tidy-jpeg-header.ts";

export interface DecodeOptions {
  /** What transparent pixels are blended with. Default white. */
  readonly background?: RgbColor | undefined;
  /**
   * Pictures of more pixels are refused before they are unpacked: a file of some kilobytes may hold gigabytes. A pixel takes 3 bytes.
   * Default 100 million, which is twice what cameras of today give.
   */
  readonly maxPixels?: number | undefined;
  /** Aborts the reading of a file or URL. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_MAX_PIXELS = 100_000_000;

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
export async function decodeImage(source: ImageSource, options: DecodeOptions = {}): Promise<RgbImage> {
  const { maxPixels = DEFAULT_MAX_PIXELS, background = WHITE, signal } = options;
  if (!(maxPixels > 0)) throw new XDeepError("OPTION_INVALID", `Option "maxPixels" is a number above 0; got ${String(maxPixels)}.`, { details: { maxPixels } });
  const bytes = await readImageSource(source, signal);
  const sharp = await loadSharp();
  try {
    const { format, width, height } = await sharp(bytes, { failOn: "none", limitInputPixels: false }).metadata();
    if (!FORMATS.includes(format)) throw new Error(`the format is ${format}`);
    if (width * height > maxPixels) throw tooLarge(source, { width, height, maxPixels });
    // libtiff warns of tags that say nothing of the pixels. Elsewhere a warning is what tells of broken ones.
    const picture = sharp(tidyJpegHeader(bytes), { failOn: format === "tiff" ? "error" : "warning", limitInputPixels: false });
    const [r, g, b] = background;
    const { data, info } = await picture
      .autoOrient()
      .flatten({ background: { r, g, b } })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`decoding gave ${info.channels} channels`);
    return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  } catch (cause) {
    throw isXDeepError(cause) ? cause : undecodable(source, bytes, cause);
  }
}

function tooLarge(source: ImageSource, details: { readonly width: number; readonly height: number; readonly maxPixels: number }): XDeepError {
  const { width, height, maxPixels } = details;
  return new XDeepError(
    "IMAGE_INVALID",
    `${describeSource(source)} has ${width} × ${height} pixels, more than "maxPixels" allows (${maxPixels}). ` +
      "Make the picture smaller, or raise maxPixels: a pixel takes 3 bytes of memory.",
    { details },
  );
}

function undecodable(source: ImageSource, bytes: Uint8Array, cause: unknown): XDeepError {
  const start = [...bytes.subarray(0, 12)].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
  const reason = (cause instanceof Error ? cause.message : String(cause)).trim().replaceAll(/\s*\n\s*/g, "; ");
  return new XDeepError(
    "IMAGE_INVALID",
    `${describeSource(source)} cannot be decoded as a picture: ${reason}. The file has ${bytes.length} bytes and begins with "${start}". ` +
      "Expected a complete PNG, JPEG or WebP file (GIF, TIFF and AVIF are read too); open it in an image viewer to see whether it is damaged.",
    { details: { bytes: bytes.length, start, ...(typeof source === "string" ? { source } : {}) }, cause },
  );
}
