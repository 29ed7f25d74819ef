import { XDeepError } from "@xdeep/core";

/** A picture as plain data: 8-bit sRGB, three bytes a pixel (R, G, B), rows from top to bottom, no padding. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** `width * height * 3` bytes. A Uint8ClampedArray will do as well. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Red, green and blue, each 0…255. */
export type RgbColor = readonly [red: number, green: number, blue: number];

/** Under transparent pixels, and around letterboxed pictures. */
export const WHITE: RgbColor = [255, 255, 255];

/** True for a plain picture, as opposed to a path, a URL or the bytes of a file. */
export function isRgbImage(value: unknown): value is RgbImage {
  return typeof value === "object" && value !== null && "width" in value && "height" in value && "data" in value;
}

/**
 * Checks that a picture's bytes fit its size.
 *
 * @throws {XDeepError} IMAGE_INVALID when a side is not a positive integer, or `data` does not hold width × height × 3 bytes.
 */
export function checkRgbImage(image: RgbImage): void {
  const { width, height, data } = image;
  const bytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray ? data.length : null;
  if (isSide(width) && isSide(height) && bytes === width * height * 3) return;
  const got = bytes === null ? "no Uint8Array" : `${bytes} bytes`;
  const rgba = bytes === width * height * 4 ? " These look like RGBA pixels: convert them with rgbFromRgba()." : "";
  throw new XDeepError(
    "IMAGE_INVALID",
    `A picture of ${width} × ${height} pixels needs ${width * height * 3} bytes, R, G and B of each pixel; got ${got}.${rgba}`,
    { details: { width, height, bytes } },
  );
}

/**
 * A picture from RGBA pixels, such as a canvas's ImageData. Transparent pixels are blended with `background`.
 *
 * @throws {XDeepError} IMAGE_INVALID when `data` does not hold width × height × 4 bytes.
 */
export function rgbFromRgba(
  rgba: { readonly width: number; readonly height: number; readonly data: Uint8Array | Uint8ClampedArray },
  background: RgbColor = WHITE,
): RgbImage {
  const { width, height, data } = rgba;
  if (!isSide(width) || !isSide(height) || data.length !== width * height * 4) {
    throw new XDeepError("IMAGE_INVALID", `RGBA pixels of ${width} × ${height} need ${width * height * 4} bytes, got ${data.length}.`, {
      details: { width, height, bytes: data.length },
    });
  }
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const opacity = data[pixel * 4 + 3]! / 255;
    for (let channel = 0; channel < 3; channel++) {
      rgb[pixel * 3 + channel] = Math.round(data[pixel * 4 + channel]! * opacity + background[channel]! * (1 - opacity));
    }
  }
  return { width, height, data: rgb };
}

/** Opaque RGBA pixels, the form that a browser's `new ImageData(data, width, height)` takes. */
export function rgbaFromRgb(image: RgbImage): Uint8ClampedArray<ArrayBuffer> {
  checkRgbImage(image);
  const rgba = new Uint8ClampedArray(image.width * image.height * 4);
  for (let pixel = 0; pixel < image.width * image.height; pixel++) {
    for (let channel = 0; channel < 3; channel++) rgba[pixel * 4 + channel] = image.data[pixel * 3 + channel]!;
    rgba[pixel * 4 + 3] = 255;
  }
  return rgba;
}

function isSide(side: number): boolean {
  return Number.isInteger(side) && side > 0;
}
