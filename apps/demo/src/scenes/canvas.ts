import type { Colour } from "./colours.ts";

/** An RGB picture, row by row, interleaved: the byte of channel c at (x, y) is `data[(y * width + x) * 3 + c]`. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A square picture while it is being drawn: interleaved RGB, 0 to 255, not yet rounded. */
export interface Canvas {
  readonly size: number;
  readonly rgb: Float64Array;
}

/** A part of the plane, in pixels; pixel (0, 0) covers 0 ≤ x < 1, 0 ≤ y < 1. Nothing of it lies farther than `reach` from (x, y). */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly reach: number;
  readonly contains: (x: number, y: number) => boolean;
}

/** The colour at a point, in pixels. */
export type Paint = (x: number, y: number) => Colour;

/** Samples per pixel and axis that are tested against a region: 16 levels of edge smoothing. */
const SAMPLES = 4;

/** A canvas whose every pixel has the colour of `paint` at its centre. */
export function createCanvas(size: number, paint: Paint): Canvas {
  const canvas = { size, rgb: new Float64Array(size * size * 3) };
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) canvas.rgb.set(paint(x + 0.5, y + 0.5), (y * size + x) * 3);
  return canvas;
}

/** Lays `paint` over the region, its edge smoothed, and returns the share of every pixel that the region covers, [size * size], 0 to 1. */
export function fill(canvas: Canvas, region: Region, paint: Paint): Float64Array {
  const { size, rgb } = canvas;
  const coverage = new Float64Array(size * size);
  const [left, right] = bounds(region.x, region.reach, size);
  const [top, bottom] = bounds(region.y, region.reach, size);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const share = coverageOf(region, x, y);
      if (share === 0) continue;
      const pixel = y * size + x;
      coverage[pixel] = share;
      paint(x + 0.5, y + 0.5).forEach((value, channel) => {
        const at = pixel * 3 + channel;
        rgb[at] = (rgb[at] as number) * (1 - share) + value * share;
      });
    }
  }
  return coverage;
}

/** The finished picture, rounded to bytes. */
export function toImage(canvas: Canvas): RgbImage {
  return { width: canvas.size, height: canvas.size, data: Uint8Array.from(canvas.rgb, Math.round) };
}

function coverageOf(region: Region, x: number, y: number): number {
  let inside = 0;
  for (let row = 0; row < SAMPLES; row++) {
    for (let column = 0; column < SAMPLES; column++) {
      if (region.contains(x + (column + 0.5) / SAMPLES, y + (row + 0.5) / SAMPLES)) inside++;
    }
  }
  return inside / SAMPLES ** 2;
}

function bounds(centre: number, reach: number, size: number): [number, number] {
  return [Math.max(0, Math.floor(centre - reach)), Math.min(size, Math.ceil(centre + reach))];
}
