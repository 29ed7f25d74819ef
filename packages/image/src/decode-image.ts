import { XDeepError } from "@xdeep/core";
import { type ImageSource, describeSource, readImageSource } from "./image-source.ts";
import { loadSharp } from "./load-sharp.ts";
import { type RgbColor, type RgbImage, WHITE } from "./rgb-image.ts";

export interface DecodeOptions {
  /** What transparent pixels are blended with. Default white. */
  readonly background?: RgbColor | undefined;
  /** Aborts the reading of a file or URL. */
  readonly signal?: AbortSignal | undefined;
}

/** As sharp names them. SVG is left out: its look depends on the fonts of the machine. */
const FORMATS: readonly string[] = ["png", "jpeg", "webp", "gif", "tiff", "heif"];

/**
 * Reads a picture: PNG, JPEG, WebP, and GIF, TIFF and AVIF (first frame).
 *
 * The result stands upright (EXIF orientation applied), is 8-bit sRGB (greyscale, 16-bit, CMYK and embedded colour profiles
 * converted) and opaque.
 *
 * @throws {XDeepError} IMAGE_INVALID when the file is missing, empty, truncated, corrupt or no picture.
 */
export async function decodeImage(source: ImageSource, options: DecodeOptions = {}): Promise<RgbImage> {
  const bytes = await readImageSource(source, options.signal);
  const sharp = await loadSharp();
  const [r, g, b] = options.background ?? WHITE;
  try {
    // "error": files that merely deviate from their format are read as other programs read them; missing or broken pixels are refused.
    const picture = sharp(bytes, { failOn: "error" });
    const { format } = await picture.metadata();
    if (!FORMATS.includes(format)) throw new Error(`the format is ${format}`);
    const { data, info } = await picture
      .autoOrient()
      .flatten({ background: { r, g, b } })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`decoding gave ${info.channels} channels`);
    return { width: info.width, height: info.height, data: new Uint8Array(data) };
  } catch (cause) {
    throw undecodable(source, bytes, cause);
  }
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
