import { hcl } from "d3-color";
import type { Random } from "./random.ts";

/** Red, green and blue, 0 to 255, not rounded. */
export type Colour = readonly [number, number, number];

/** The colours of one picture. */
export interface Palette {
  /** The two colours of the textured background, close to each other. */
  readonly background: readonly [Colour, Colour];
  /** Two shades of the object, lit and shaded side; both clearly lighter or clearly darker than the background. */
  readonly object: readonly [Colour, Colour];
  /** A colour as far from the background as the object's, drawn anew at each call. */
  readonly distractor: () => Colour;
}

/** A palette in CIE LCh, where the same step of lightness looks the same in every hue, so that no object hides in its background. */
export function drawPalette(random: Random): Palette {
  const lightness = random.uniform(20, 88);
  const hue = random.uniform(0, 360);
  const step = random.uniform(4, 9);
  const chroma = random.uniform(8, 40);
  const sign = random.pick([-1, 1]);
  const objectHue = random.uniform(0, 360);
  const objectChroma = random.uniform(40, 80);
  const objectLightness = contrasting(random, lightness);
  return {
    background: [colour(hue, chroma, lightness + sign * step), colour(hue + random.uniform(-40, 40), chroma, lightness - sign * step)],
    object: [colour(objectHue, objectChroma, objectLightness + 5), colour(objectHue, objectChroma, objectLightness - 5)],
    distractor: () => colour(random.uniform(0, 360), random.uniform(20, 70), contrasting(random, lightness)),
  };
}

/** A lightness 32 to 50 away from `lightness`, on a side where there is room for it. */
function contrasting(random: Random, lightness: number): number {
  const distance = random.uniform(32, 50);
  const sides = [lightness - distance, lightness + distance].filter((side) => side > 8 && side < 95);
  return sides.length > 0 ? random.pick(sides) : lightness > 50 ? 10 : 92;
}

function colour(hue: number, chroma: number, lightness: number): Colour {
  const { r, g, b } = hcl(hue, chroma, lightness).rgb().clamp();
  return [r, g, b];
}
