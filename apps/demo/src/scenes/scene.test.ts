import { describe, expect, it } from "vitest";
import { SCENE_SIZE, type Scene, drawScene } from "./scene.ts";
import { CLASS_NAMES } from "./shapes.ts";

const scenes: readonly Scene[] = Array.from({ length: 80 }, (_, index) => drawScene(500 + index));

/** Euclidean distance in RGB of the mean colours of two sets of pixels. */
function colourDistance({ image }: Scene, some: readonly number[], others: readonly number[]): number {
  const mean = (pixels: readonly number[], channel: number): number =>
    pixels.reduce((sum, pixel) => sum + (image.data[pixel * 3 + channel] as number), 0) / pixels.length;
  return Math.hypot(...[0, 1, 2].map((channel) => mean(some, channel) - mean(others, channel)));
}

describe("drawScene", () => {
  it("draws the same bytes for the same seed, and others for another", () => {
    expect(drawScene(500)).toEqual(scenes[0]);
    expect(drawScene(508).label).toBe(scenes[0]?.label);
    expect(drawScene(508).image.data).not.toEqual(scenes[0]?.image.data);
  });

  it("takes the classes in turn", () => {
    const counts = CLASS_NAMES.map((_, label) => scenes.filter((scene) => scene.label === label).length);
    expect(counts).toEqual(CLASS_NAMES.map(() => 10));
    for (const scene of scenes) expect(CLASS_NAMES[scene.label]).toBe(scene.className);
  });

  it("gives an RGB picture and a mask of its size", () => {
    for (const { image, mask } of scenes) {
      expect([image.width, image.height]).toEqual([SCENE_SIZE, SCENE_SIZE]);
      expect(image.data).toHaveLength(SCENE_SIZE * SCENE_SIZE * 3);
      expect(mask).toHaveLength(SCENE_SIZE * SCENE_SIZE);
      expect(new Set(mask)).toEqual(new Set([0, 1]));
    }
  });

  it("shows the object clear of its surroundings, where the mask says", () => {
    for (const [index, scene] of scenes.entries()) {
      const pixels = [...scene.mask.keys()];
      const inside = pixels.filter((pixel) => scene.mask[pixel] === 1);
      const outside = pixels.filter((pixel) => scene.mask[pixel] === 0);
      const share = inside.length / pixels.length;
      expect(share, `seed ${500 + index}`).toBeGreaterThan(0.02);
      expect(share, `seed ${500 + index}`).toBeLessThan(0.32);
      expect(colourDistance(scene, inside, outside), `seed ${500 + index}`).toBeGreaterThan(40);
    }
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 31])("refuses the seed %s", (seed) => {
    expect(() => drawScene(seed)).toThrow(RangeError);
  });
});
