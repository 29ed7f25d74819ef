import { float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";
import { growMask, objectArea, objectShares } from "./object-share.ts";
import { SCENE_SIZE, type Scene, drawScene } from "../scenes/scene.ts";

const pixels = SCENE_SIZE * SCENE_SIZE;
const at = (x: number, y: number): number => y * SCENE_SIZE + x;

/** A scene whose object is these pixels. */
function sceneWith(...object: readonly number[]): Scene {
  const mask = new Uint8Array(pixels);
  for (const pixel of object) mask[pixel] = 1;
  return { ...drawScene(0), mask };
}

describe("growMask", () => {
  it("adds two pixels in every direction", () => {
    const grown = growMask(sceneWith(at(10, 20)).mask);
    const inside = [...grown.keys()].filter((pixel) => grown[pixel] === 1);
    expect(inside).toEqual([18, 19, 20, 21, 22].flatMap((y) => [8, 9, 10, 11, 12].map((x) => at(x, y))));
  });

  it("stops at the edges of the picture", () => {
    expect(objectArea(sceneWith(at(0, 0), at(SCENE_SIZE - 1, SCENE_SIZE - 1)))).toBe(18 / pixels);
    expect(objectArea(sceneWith(at(SCENE_SIZE - 1, 5)))).toBe(15 / pixels);
  });
});

describe("objectShares", () => {
  it("sums absolute values over channels, per picture", () => {
    const data = new Float32Array(2 * 3 * pixels);
    data[at(10, 20)] = -3;
    data[2 * pixels + at(40, 40)] = 1;
    data[3 * pixels + at(40, 40)] = 5;
    const values = float32([2, 3, SCENE_SIZE, SCENE_SIZE], data);
    expect(objectShares(values, [sceneWith(at(11, 21)), sceneWith(at(11, 21))])).toEqual([0.75, 0]);
  });

  it("is 0 where nothing was attributed", () => {
    expect(objectShares(float32([1, 3, SCENE_SIZE, SCENE_SIZE]), [drawScene(3)])).toEqual([0]);
  });

  it("is the area for an attribution that is the same everywhere", () => {
    const scene = drawScene(7);
    const values = float32([1, 3, SCENE_SIZE, SCENE_SIZE], new Float32Array(3 * pixels).fill(-0.5));
    expect(objectShares(values, [scene])[0]).toBeCloseTo(objectArea(scene), 12);
  });
});
