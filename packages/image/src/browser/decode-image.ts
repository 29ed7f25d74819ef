import { XDeepError } from "@xdeep/core";
import { type DecodeOptions, type Decoder, decodePicture } from "../files/decode-picture.ts";
import type { ImageSource } from "../files/image-source.ts";
import { type RgbImage, rgbFromRgba } from "../pixels/rgb-image.ts";

/**
 * Reads a picture in any format that the browser shows, SVG excepted: PNG, JPEG, WebP, AVIF, GIF (first frame). Pixels are those that Node reads from
 * the file. Works in Web Workers too.
 *
 * The result stands upright (EXIF orientation applied), is 8-bit sRGB (greyscale, 16-bit and embedded colour profiles converted) and opaque.
 *
 * @throws {XDeepError} IMAGE_INVALID when the file cannot be fetched, is empty, no picture, larger than `maxPixels`, or truncated; OPTION_INVALID when
 * `maxPixels` is no positive number; ENGINE_FAILED where the browser falsifies the pixels that pages read.
 */
export function decodeImage(source: ImageSource, options: DecodeOptions = {}): Promise<RgbImage> {
  return decodePicture(source, options, bitmapDecoder);
}

/** The parts of a browser that decode pictures. */
interface Browser {
  createImageBitmap(file: Blob, options: { readonly premultiplyAlpha: "none" }): Promise<Bitmap>;
  readonly OffscreenCanvas: new (width: number, height: number) => { getContext(type: "2d", options: { readonly willReadFrequently: true }): Context | null };
  readonly ImageData: new (data: Uint8ClampedArray, width: number) => Pixels;
}

interface Bitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

interface Context {
  drawImage(bitmap: Bitmap, x: number, y: number): void;
  putImageData(pixels: Pixels, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): Pixels;
}

// ImageDecoder of WebCodecs gives JPEG and WebP as YUV, whose colours are then enlarged more roughly: up to 34 levels from what Node reads.
const bitmapDecoder: Decoder = {
  formats: "PNG, JPEG, WebP, AVIF or GIF",
  async decode(bytes, background, checkSize) {
    const browser = globalThis as unknown as Browser;
    const bitmap = await browser.createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), { premultiplyAlpha: "none" });
    try {
      const { width, height } = bitmap;
      checkSize(width, height);
      checkCanvas(browser);
      const context = contextOf(browser, width, height);
      context.drawImage(bitmap, 0, 0);
      return rgbFromRgba(context.getImageData(0, 0, width, height), background);
    } finally {
      bitmap.close();
    }
  },
};

function contextOf({ OffscreenCanvas }: Browser, width: number, height: number): Context {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error(`the browser gives no canvas of ${width} × ${height} pixels`);
  return context;
}

/** Browsers that protect against fingerprinting may change what pages read from a canvas, without a word: a known pattern shows it. */
function checkCanvas(browser: Browser): void {
  const side = 32;
  const pattern = Uint8ClampedArray.from({ length: side * side * 4 }, (_, i) => (i % 4 === 3 ? 255 : Math.imul(i + 1, 0x9e3779b1) >>> 24));
  const context = contextOf(browser, side, side);
  context.putImageData(new browser.ImageData(pattern.slice(), side), 0, 0);
  if (context.getImageData(0, 0, side, side).data.every((value, i) => value === pattern[i])) return;
  throw new XDeepError(
    "ENGINE_FAILED",
    "The browser changes the pixels that pages read, as a protection against fingerprinting: the model would see another picture. Allow this page to read canvases.",
  );
}
