import { describe, expect, it } from "vitest";

import { renderCurves } from "./render-curves.ts";

const plot = (curves: Parameters<typeof renderCurves>[0]["curves"]): Parameters<typeof renderCurves>[0] => ({ title: "t", xLabel: "x", yLabel: "y", curves });

/** Rows and columns of the pixels of one colour. */
function pixelsOf(
  { width, data }: Awaited<ReturnType<typeof renderCurves>>,
  [r, g, b]: readonly [number, number, number],
): readonly (readonly [number, number])[] {
  return Array.from({ length: data.length / 3 }, (_, i) => i)
    .filter((i) => data[3 * i] === r && data[3 * i + 1] === g && data[3 * i + 2] === b)
    .map((i) => [Math.floor(i / width), i % width] as const);
}

describe("curves", () => {
  it("rise where their values do, each in its colour, and each in the legend", async () => {
    const image = await renderCurves(
      plot([
        { name: "up", x: [0, 0.5, 1], y: [0, 0.5, 1] },
        { name: "down", x: [0, 1], y: [1, 0] },
      ]),
    );
    expect([image.width, image.height]).toEqual([720, 440]);
    for (const [color, sign] of [
      [[78, 121, 167], -1],
      [[242, 142, 44], 1],
    ] as const) {
      const found = pixelsOf(image, color);
      const inside = found.filter(([, column]) => column < 480);
      const first = inside.filter(([, column]) => column < 150).map(([row]) => row);
      const last = inside.filter(([, column]) => column > 420).map(([row]) => row);
      expect(first.length * last.length).toBeGreaterThan(0);
      expect(Math.sign(Math.min(...last) - Math.max(...first))).toBe(sign);
      expect(found.some(([, column]) => column > 500)).toBe(true);
    }
  });

  it("of one value, of one point and of many names are drawn", async () => {
    for (const curves of [
      [{ name: "flat", x: [0, 1], y: [3, 3] }],
      [{ name: "point", x: [0], y: [1e-9] }],
      Array.from({ length: 14 }, (_, k) => ({ name: `a name that is longer than there is room for, ${k}`, x: [0, 1], y: [k, -1e6 * k] })),
    ]) {
      const { data } = await renderCurves(plot(curves));
      expect(data.some((value) => value < 128)).toBe(true);
    }
  });

  it("that cannot be drawn are refused", async () => {
    const invalid = { code: "OPTION_INVALID" };
    await expect(renderCurves(plot([]))).rejects.toMatchObject(invalid);
    await expect(renderCurves(plot([{ name: "a", x: [0, 1], y: [1] }]))).rejects.toMatchObject(invalid);
    await expect(renderCurves(plot([{ name: "a", x: [0], y: [NaN] }]))).rejects.toMatchObject(invalid);
  });
});
