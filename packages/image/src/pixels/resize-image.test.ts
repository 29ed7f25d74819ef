import { describe, expect, it } from "vitest";
import { PRESETS } from "../preprocessing/preprocessing.ts";
import { resizeImage } from "./resize-image.ts";
import type { RgbImage } from "./rgb-image.ts";

function draw(width: number, height: number, colorAt: (x: number, y: number) => readonly [number, number, number]): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colorAt(x, y), (y * width + x) * 3);
  return { width, height, data };
}

const red = ({ data, width }: RgbImage, x: number, y: number): number => data[(y * width + x) * 3]!;

/** Red rises with x, green with y: every pixel tells where it was. */
const ramp = (width: number, height: number): RgbImage =>
  draw(width, height, (x, y) => [Math.round((x * 255) / (width - 1)), Math.round((y * 255) / (height - 1)), 0]);

/** What PIL's and torch's antialiased bilinear compute, slowly, for one row. */
function triangleResample(row: readonly number[], to: number): number[] {
  const factor = row.length / to;
  const reach = Math.max(1, factor);
  return Array.from({ length: to }, (_, at) => {
    const center = (at + 0.5) * factor;
    const weights = row.map((__, from) => Math.max(0, 1 - Math.abs(from + 0.5 - center) / reach));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return row.reduce((sum, value, from) => sum + (value * weights[from]!) / total, 0);
  });
}

describe("resizeImage", () => {
  it("takes the same steps for a picture that has the asked size as for its neighbours", () => {
    // A white frame, all of which 224 out of 256 cuts off.
    const framed = (side: number): RgbImage => draw(side, side, (x, y) => (Math.min(x, y, side - 1 - x, side - 1 - y) < 13 ? [255, 255, 255] : [40, 40, 40]));
    for (const side of [223, 224, 225]) {
      const { data } = resizeImage(framed(side), "imagenet");
      expect([...new Set(data)]).toEqual([40]);
    }
  });

  it("takes pictures as they are where that is asked for", () => {
    for (const picture of [ramp(30, 20), ramp(224, 224)]) expect(resizeImage(picture, { preset: "imagenet", resize: "none" }) === picture).toBe(true);
  });

  it("brings the short side to 256 and cuts the middle 224 out, as torchvision", () => {
    // 512 × 256 needs no scaling: the crop starts at (144, 16).
    const wide = draw(512, 256, (x, y) => [x >> 1, y, 0]);
    const cropped = resizeImage(wide, PRESETS.imagenet);
    expect([cropped.width, cropped.height]).toEqual([224, 224]);
    expect([...cropped.data.subarray(0, 2)]).toEqual([144 >> 1, 16]);
    expect([...cropped.data.subarray(-3, -1)]).toEqual([(144 + 223) >> 1, 16 + 223]);
  });

  it.each([
    [{ width: null, height: 48 }, [192, 48]],
    [{ width: 100, height: null }, [100, 25]],
  ])("keeps the whole picture in its proportions where one side follows it: %j", (size, expected) => {
    for (const resize of ["crop", "stretch", "letterbox"] as const) {
      const line = resizeImage(ramp(400, 100), { ...PRESETS.imagenet, size, resize });
      expect([line.width, line.height]).toEqual(expected);
      expect([red(line, 0, 0) < 8, red(line, line.width - 1, 0) > 247]).toEqual([true, true]);
    }
    expect(() => resizeImage(ramp(2, 400), { ...PRESETS.unit, size: { width: 100, height: null } })).toThrow("100 x 20000 in its proportions");
  });

  it("covers a size that is not square", () => {
    const cropped = resizeImage(ramp(100, 100), { ...PRESETS.unit, size: { width: 40, height: 20 } });
    expect([cropped.width, cropped.height]).toEqual([40, 20]);
    // The whole width, and the middle half of the height.
    expect(red(cropped, 0, 0)).toBeLessThan(8);
    expect(red(cropped, 39, 0)).toBeGreaterThan(247);
    expect(cropped.data[1]).toBeGreaterThan(60);
    expect(cropped.data[1]).toBeLessThan(72);
  });

  it.each([
    [300, 200, 111],
    [97, 131, 53],
    [40, 40, 64],
  ])("filters %i × %i to %i as antialiased bilinear does, to a level", (width, height, to) => {
    const picture = draw(width, height, (x) => [(x * 37) % 256, 0, 0]);
    const row = Array.from({ length: width }, (_, x) => (x * 37) % 256);
    const resized = resizeImage(picture, { ...PRESETS.unit, resize: "stretch", size: { width: to, height: to } });
    const expected = triangleResample(row, to);
    expected.forEach((level, x) => expect(Math.abs(red(resized, x, to >> 1) - level)).toBeLessThanOrEqual(0.5 + 1e-6));
  });

  it("stretches, and cuts the middle out", () => {
    // 40 × 20 without regard to proportions, of which the middle 20 × 10.
    const cut = resizeImage(ramp(400, 400), { ...PRESETS.unit, resize: "stretch-crop", size: { width: 20, height: 10 }, cropFraction: 0.5 });
    const stretched = resizeImage(ramp(400, 400), { ...PRESETS.unit, resize: "stretch", size: { width: 40, height: 20 } });
    expect([cut.width, cut.height]).toEqual([20, 10]);
    expect([...cut.data.subarray(0, 60)]).toEqual([...stretched.data.subarray((5 * 40 + 10) * 3, (5 * 40 + 30) * 3)]);
  });

  it("does not alias: fine stripes become grey", () => {
    const stripes = draw(448, 448, (x) => (x % 2 === 0 ? [255, 255, 255] : [0, 0, 0]));
    const { data } = resizeImage(stripes, { ...PRESETS.unit, size: { width: 100, height: 100 } });
    expect(Math.max(...data) - Math.min(...data)).toBeLessThan(30);
  });

  it("letterboxes the whole picture in the middle of the background", () => {
    const blue = draw(200, 100, () => [0, 0, 255]);
    const boxed = resizeImage(blue, { ...PRESETS.unit, resize: "letterbox", size: { width: 50, height: 50 }, background: [9, 8, 7] });
    const rowStart = (y: number): number[] => [...boxed.data.subarray(y * 150, y * 150 + 3)];
    // 50 × 25 at (50 − 25)/2 = 12.5, which rounds to the even 12.
    expect([rowStart(11), rowStart(12), rowStart(36), rowStart(37)]).toEqual([
      [9, 8, 7],
      [0, 0, 255],
      [0, 0, 255],
      [9, 8, 7],
    ]);
  });

  it("enlarges a small picture, and never crops beyond its edge", () => {
    for (const [width, height] of [
      [1, 1],
      [3, 7],
      [255, 256],
      [223, 1000],
    ] as const) {
      const cropped = resizeImage(
        draw(width, height, () => [10, 20, 30]),
        PRESETS.imagenet,
      );
      expect([cropped.width, cropped.height, cropped.data.length]).toEqual([224, 224, 224 * 224 * 3]);
      expect(new Set(cropped.data)).toEqual(new Set([10, 20, 30]));
    }
  });
});
