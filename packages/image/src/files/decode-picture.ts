import { XDeepError, isXDeepError } from "@xdeep/core";
import { type ImageSource, describeSource, readImageSource } from "./image-source.ts";
import { type RgbColor, type RgbImage, WHITE } from "../pixels/rgb-image.ts";

export interface DecodeOptions {
  /** What transparent pixels are blended with. Default white. */
  readonly background?: RgbColor | undefined;
  /**
   * Pictures of more pixels are refused, in Node before they are unpacked: a file of some kilobytes may hold gigabytes. A pixel takes 3 bytes.
   * Default 100 million, which is twice what cameras of today give.
   */
  readonly maxPixels?: number | undefined;
  /** Aborts the reading of a file or URL. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_MAX_PIXELS = 100_000_000;

/** What turns the bytes of a file into pixels, and the formats that it reads. */
export interface Decoder {
  /** As messages name them. */
  readonly formats: string;
  /** Calls `checkSize` as soon as it knows how large the picture is. */
  decode(bytes: Uint8Array, background: RgbColor, checkSize: (width: number, height: number) => void): Promise<RgbImage>;
}

/** `decodeImage` by this decoder. */
export async function decodePicture(source: ImageSource, options: DecodeOptions, { formats, decode }: Decoder): Promise<RgbImage> {
  const { maxPixels = DEFAULT_MAX_PIXELS, background = WHITE, signal } = options;
  if (!(maxPixels > 0)) throw new XDeepError("OPTION_INVALID", `Option "maxPixels" is a number above 0; got ${String(maxPixels)}.`, { details: { maxPixels } });
  const bytes = await readImageSource(source, signal);
  try {
    return await decode(bytes, background, (width, height) => {
      if (width * height > maxPixels) throw tooLarge(source, { width, height, maxPixels });
    });
  } catch (cause) {
    throw isXDeepError(cause) ? cause : undecodable(source, bytes, cause, formats);
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

function undecodable(source: ImageSource, bytes: Uint8Array, cause: unknown, formats: string): XDeepError {
  const start = [...bytes.subarray(0, 12)].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
  const foreign = formatOf(bytes);
  // Not in the decoder's words, which are in the cause: those of libvips depend on what other threads read at the same moment.
  const reason = foreign !== null ? `it is ${foreign}` : isCutShort(bytes) ? "it ends before the picture does" : "it is damaged, or of another format";
  const todo = foreign !== null ? "save it as one of these" : "open it in an image viewer to see whether it is damaged";
  return new XDeepError(
    "IMAGE_INVALID",
    `${describeSource(source)} cannot be decoded as a picture: ${reason}. The file has ${bytes.length} bytes and begins with "${start}". ` +
      `Expected a complete file of ${formats}; ${todo}.`,
    { details: { bytes: bytes.length, start, ...(typeof source === "string" ? { source } : {}) }, cause },
  );
}

/** How files begin that people have in the place of pictures that can be read. */
const FOREIGN: readonly (readonly [at: number, start: RegExp, format: string])[] = [
  [4, /^ftyp(hei|hev|mif1|msf1)/, "HEIC, as iPhones write it"],
  [0, /^(II\*\0|MM\0\*)/, "TIFF"],
  [0, /^\s*<(svg|\?xml)/, "SVG"],
  [0, /^\s*<(!doctype )?html/i, "a page of the web"],
  [0, /^%PDF/, "PDF"],
];

function formatOf(bytes: Uint8Array): string | null {
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  return FOREIGN.find(([at, begins]) => begins.test(start.slice(at)))?.[2] ?? null;
}

/** Whether the end of a JPEG, PNG or WebP file is missing. */
function isCutShort(bytes: Uint8Array): boolean {
  const hasAt = (at: number, text: string): boolean => [...text].every((letter, n) => bytes[at + n] === letter.charCodeAt(0));
  if (hasAt(0, "\xff\xd8")) return !hasAt(bytes.length - 2, "\xff\xd9");
  if (hasAt(0, "\x89PNG")) return !hasAt(bytes.length - 8, "IEND");
  if (hasAt(0, "RIFF") && hasAt(8, "WEBP")) return bytes.length < 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  return false;
}
