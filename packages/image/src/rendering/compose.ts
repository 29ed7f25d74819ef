import type { SheetLayout } from "./contact-sheet-layout.ts";
import { loadSharp } from "../files/load-sharp.ts";
import { resamplePicture } from "../pixels/resample-picture.ts";
import type { RgbImage } from "../pixels/rgb-image.ts";

/** Rows of pixels that text is drawn into at once. Pieces of memory of the size of a whole sheet are hardly ever given back. */
const BAND = 256;

/** Draws pictures, then shapes over them, on white. */
export async function compose({ width, height, pictures, shapes }: SheetLayout): Promise<RgbImage> {
  const data = new Uint8Array(width * height * 3).fill(255);
  for (const { image, left, top, ...size } of pictures) {
    const resized = resamplePicture(image, size, size.width >= 2 * image.width ? "nearest" : "lanczos").data;
    for (let y = 0; y < size.height; y++) data.set(resized.subarray(y * size.width * 3, (y + 1) * size.width * 3), ((top + y) * width + left) * 3);
  }
  const sharp = await loadSharp();
  for (let top = 0; top < height; top += BAND) {
    const band = { width, height: Math.min(BAND, height - top) };
    const drawn = shapes.filter((shape) => shape.bottom > top && shape.top < top + band.height).map(({ svg }) => svg);
    const viewBox = `0 ${top} ${width} ${band.height}`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${band.height}" viewBox="${viewBox}">${drawn.join("")}</svg>`;
    const rows = data.subarray(top * width * 3, (top + band.height) * width * 3);
    rows.set(
      await sharp(rows, { raw: { ...band, channels: 3 } })
        .composite([{ input: Buffer.from(svg) }])
        .removeAlpha()
        .raw()
        .toBuffer(),
    );
  }
  return { width, height, data };
}
