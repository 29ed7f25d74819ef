import type { RgbImage } from "./rgb-image.ts";

/** The grey level 0…255 of the pixel whose red lies at `at`: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded as Pillow's `convert("L")` does. */
export function greyLevel(data: RgbImage["data"], at: number): number {
  return (data[at]! * 19_595 + data[at + 1]! * 38_470 + data[at + 2]! * 7_471 + 32_768) >> 16;
}

/** The picture without its colours. */
export function greyImage({ width, height, data }: RgbImage): RgbImage {
  const grey = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 3) grey.fill(greyLevel(data, at), at, at + 3);
  return { width, height, data: grey };
}
