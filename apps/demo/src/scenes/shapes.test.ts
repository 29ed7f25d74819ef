import { describe, expect, it } from "vitest";
import { CLASS_NAMES, SHAPES, type ClassName } from "./shapes.ts";

/** Centres of a grid of small squares over [-1.2, 1.2]². */
const STEP = 0.01;
const axis = Array.from({ length: 240 }, (_, n) => -1.2 + (n + 0.5) * STEP);
const points = axis.flatMap((y) => axis.map((x) => [x, y] as const));

function area(name: ClassName): number {
  return points.filter(([x, y]) => SHAPES[name](x, y)).length * STEP * STEP;
}

describe("shapes", () => {
  it.each(CLASS_NAMES)("%s fits into the unit disc and fills a good part of it", (name) => {
    expect(points.filter(([x, y]) => Math.hypot(x, y) > 1 && SHAPES[name](x, y))).toEqual([]);
    expect(area(name)).toBeGreaterThan(0.25 * Math.PI);
  });

  it.each<[ClassName, number]>([
    ["circle", Math.PI * 0.85 ** 2],
    ["square", 1.4 ** 2],
    ["triangle", (3 * Math.sqrt(3)) / 4],
    ["star", 5 * 0.42 * Math.sin(Math.PI / 5)],
    ["cross", 2 * 1.8 * 0.56 - 0.56 ** 2],
    ["ring", Math.PI * (0.9 ** 2 - 0.5 ** 2)],
  ])("%s has the area of its formula", (name, expected) => {
    expect(Math.abs(area(name) - expected)).toBeLessThan(0.02);
  });
});
