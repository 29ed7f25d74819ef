import { type Paint, type Region, type RgbImage, createCanvas, fill, toImage } from "./canvas.ts";
import { type Colour, drawPalette } from "./colours.ts";
import { drawDistractors } from "./distractors.ts";
import { type Random, createRandom } from "./random.ts";
import { CLASS_NAMES, type ClassName, SHAPES, type Shape } from "./shapes.ts";
import { TEXTURES } from "./textures.ts";

/** Width and height of every picture, in pixels. */
export const SCENE_SIZE = 64;

/** A picture of one shape, and where in it the shape is. */
export interface Scene {
  readonly image: RgbImage;
  /** 1 where the object covers at least half of the pixel, else 0; [height * width]. */
  readonly mask: Uint8Array;
  /** Class number: the place of `className` in CLASS_NAMES. */
  readonly label: number;
  readonly className: ClassName;
}

/**
 * Draws the picture of a seed: one shape of random place, size, turn and colour, over a textured background with dots and strokes.
 * The same seed gives the same bytes. The class is `seed % CLASS_NAMES.length`, so a run of seeds takes the classes in turn.
 *
 * @param seed A whole number from 0 to 2³¹ − 1.
 * @throws {RangeError} when `seed` is something else.
 */
export function drawScene(seed: number): Scene {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0x7fffffff) {
    throw new RangeError(`A seed is a whole number from 0 to 2147483647, got ${seed}.`);
  }
  const random = createRandom(seed);
  const label = seed % CLASS_NAMES.length;
  const className = CLASS_NAMES[label] as ClassName;

  const palette = drawPalette(random);
  const texture = random.pick(TEXTURES)(random);
  const canvas = createCanvas(SCENE_SIZE, (x, y) => mix(...palette.background, texture(x, y)));
  for (const mark of drawDistractors(random, SCENE_SIZE)) {
    const colour = palette.distractor();
    fill(canvas, mark, () => colour);
  }
  const object = placeShape(random, SHAPES[className]);
  const coverage = fill(canvas, object, shading(object, palette.object));
  return { image: toImage(canvas), mask: Uint8Array.from(coverage, (share) => (share >= 0.5 ? 1 : 0)), label, className };
}

/** The shape, scaled, turned and moved so that all of it is in the picture. */
function placeShape(random: Random, shape: Shape): Region {
  const radius = random.uniform(12, 22);
  const angle = random.uniform(0, 2 * Math.PI);
  const [x, y] = [random.uniform(radius, SCENE_SIZE - radius), random.uniform(radius, SCENE_SIZE - radius)];
  const [cos, sin] = [Math.cos(angle) / radius, Math.sin(angle) / radius];
  const contains = (px: number, py: number): boolean => shape((px - x) * cos + (py - y) * sin, (py - y) * cos - (px - x) * sin);
  return { x, y, reach: radius, contains };
}

/** Light from the upper left, over the whole of the region. */
function shading(region: Region, [lit, shaded]: readonly [Colour, Colour]): Paint {
  return (x, y) => mix(lit, shaded, Math.min(1, Math.max(0, 0.5 + (x - region.x + y - region.y) / (4 * region.reach))));
}

function mix(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}
