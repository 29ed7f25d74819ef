import type { AttributionMap } from "../values/attribution-map.ts";
import { AGAINST, DIVERGING, FOR, SEQUENTIAL, colorScale, parseHex } from "./color-scale.ts";

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
    const strength = strengthOf(value, end);
    const position = signed ? 0.5 + (Math.sign(value) * strength) / 2 : strength;
    pixels.set(colorAt(position), n * 4);
    pixels[n * 4 + 3] = clear ? Math.round(strength * 255) : 255;
  });
  return pixels;
}

/** How much of the strongest colour covers a page, in percent: its text stays readable, dark on light and light on dark. */
const COVER = { light: 80, dark: 60 };

/** The colour of one value over a page, as CSS: for words. */
export function cssColor(value: number, end: number): string {
  const [red, green, blue] = parseHex(value < 0 ? AGAINST : FOR);
  const over = (most: number): string => `rgb(${red} ${green} ${blue} / ${Math.round(strengthOf(value, end) * most)}%)`;
  return `light-dark(${over(COVER.light)}, ${over(COVER.dark)})`;
}

/** Of the scale from 0 to its end, 0…1. */
function strengthOf(value: number, end: number): number {
  return end > 0 ? Math.min(1, Math.abs(value) / end) : 0;
}
