/** What a map lies over: pixels of 8-bit RGB or RGBA (an `RgbImage` of @xdeep/image, an `ImageData`). */
export interface PicturePixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Draws pixels on a canvas of their size. */
export function drawPixels(canvas: HTMLCanvasElement, { width, height, data }: PicturePixels): void {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")!.putImageData(new ImageData(rgbaOf({ width, height, data }), width, height), 0, 0);
}

function rgbaOf({ width, height, data }: PicturePixels): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  const channels = data.length / (width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < channels; channel++) pixels[pixel * 4 + channel] = data[pixel * channels + channel]!;
  }
  return pixels;
}
