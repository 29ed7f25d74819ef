import type { AttributionMap } from "./attribution-map.ts";
import { DIVERGING, SEQUENTIAL, colorScale } from "./color-scale.ts";

export interface PaintOptions {
  /** The value that takes the colour at the end of the scale; those beyond take it too. */
  readonly end: number;
  /** Values are for and against, and zero is in the middle of the scale. */
  readonly signed: boolean;
  /** What lies under the map shows through where values are small. */
  readonly clear: boolean;
}

/** The map as RGBA pixels, one for each value. A scale that ends at 0 shows nothing. */
export function paintMap({ data }: AttributionMap, { end, signed, clear }: PaintOptions): Uint8ClampedArray<ArrayBuffer> {
  const colorAt = colorScale(signed ? DIVERGING : SEQUENTIAL);
  const pixels = new Uint8ClampedArray(data.length * 4);
  data.forEach((value, n) => {
    const strength = end > 0 ? Math.min(1, Math.abs(value) / end) : 0;
    const position = signed ? 0.5 + (Math.sign(value) * strength) / 2 : strength;
    pixels.set(colorAt(position), n * 4);
    pixels[n * 4 + 3] = clear ? Math.round(strength * 255) : 255;
  });
  return pixels;
}

/** The colour of one value over a page, as CSS: for words. */
export function cssColor(value: number, end: number): string {
  const strength = end > 0 ? Math.min(1, Math.abs(value) / end) : 0;
  const [red, green, blue] = value < 0 ? [67, 147, 195] : [224, 130, 20];
  return `rgb(${red} ${green} ${blue} / ${Math.round(strength * 80)}%)`;
}
