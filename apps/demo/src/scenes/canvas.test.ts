import { describe, expect, it } from "vitest";
import { type Region, createCanvas, fill, toImage } from "./canvas.ts";

const black = (): readonly [number, number, number] => [0, 0, 0];
const orange = (): readonly [number, number, number] => [250, 120, 10];

const disc = (x: number, y: number, radius: number): Region => ({
  x,
  y,
  reach: radius,
  contains: (px, py) => Math.hypot(px - x, py - y) < radius,
});

describe("canvas", () => {
  it("paints every pixel with the colour at its centre", () => {
    const image = toImage(createCanvas(2, (x, y) => [x * 10, y * 10, 7.4]));
    expect(image).toEqual({ width: 2, height: 2, data: Uint8Array.of(5, 5, 7, 15, 5, 7, 5, 15, 7, 15, 15, 7) });
  });

  it("blends by the share of the pixel that is covered", () => {
    const canvas = createCanvas(3, black);
    const half: Region = { x: 1.5, y: 1.5, reach: 3, contains: (x) => x < 1.5 };
    const coverage = fill(canvas, half, orange);
    expect([...coverage]).toEqual([1, 0.5, 0, 1, 0.5, 0, 1, 0.5, 0]);
    expect(Array.from(canvas.rgb.slice(0, 9))).toEqual([250, 120, 10, 125, 60, 5, 0, 0, 0]);
  });

  it("covers the area of the region", () => {
    const coverage = fill(createCanvas(40, black), disc(19.3, 20.6, 12), orange);
    const area = coverage.reduce((sum, share) => sum + share, 0);
    expect(Math.abs(area - Math.PI * 144)).toBeLessThan(2);
  });

  it("leaves out what lies beyond the edges of the picture", () => {
    const canvas = createCanvas(8, black);
    expect(fill(canvas, disc(-20, 4, 5), orange).every((share) => share === 0)).toBe(true);
    expect(fill(canvas, disc(0, 0, 3), orange)[0]).toBe(1);
    expect(toImage(canvas).data).toHaveLength(8 * 8 * 3);
  });
});
