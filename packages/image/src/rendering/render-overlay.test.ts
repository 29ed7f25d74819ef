import { float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";
import { divergingScale, sequentialScale } from "./color-map.ts";
import { renderOverlay } from "./render-overlay.ts";

/** 40 × 20: left half orange, right half blue. */
const picture = {
  width: 40,
  height: 20,
  data: Uint8Array.from({ length: 40 * 20 * 3 }, (_, at) => (Math.floor(at / 3) % 40 < 20 ? [240, 120, 0] : [0, 40, 200])[at % 3]!),
};
const at = (image: { data: ArrayLike<number> }, x: number, y: number): number[] => [0, 1, 2].map((channel) => image.data[(y * 40 + x) * 3 + channel]!);

/** One in the square about (5, 5), zero elsewhere. */
const square = float32(
  [1, 1, 20, 40],
  Float32Array.from({ length: 800 }, (_, pixel) => (Math.abs((pixel % 40) - 5) < 3 && Math.abs(Math.floor(pixel / 40) - 5) < 3 ? 1 : 0)),
);

describe("renderOverlay", () => {
  it("shows the picture where the attribution is zero, and the colour where it is strongest", () => {
    const overlay = renderOverlay(picture, square, { blur: 0, saturation: 1, opacity: 1, percentile: 100 });
    expect(at(overlay, 30, 10)).toEqual([0, 40, 200]);
    expect(at(overlay, 5, 5)).toEqual(sequentialScale("turbo")(1));
  });

  it("blends by opacity and keeps the picture recognisable by default", () => {
    const half = renderOverlay(picture, square, { blur: 0, saturation: 1, opacity: 0.5, percentile: 100, colorMap: "grey" });
    expect(at(half, 5, 5)).toEqual([248, 188, 128]);
    const byDefault = renderOverlay(picture, square);
    expect(at(byDefault, 5, 5)).not.toEqual(sequentialScale("turbo")(1));
    expect(at(byDefault, 15, 15)).not.toEqual(at(byDefault, 35, 15));
  });

  it("shows in two colours what speaks for and against, where the sum is asked for", () => {
    const signs = float32(
      [1, 1, 20, 40],
      Float32Array.from({ length: 800 }, (_, pixel) => (pixel % 40 < 10 ? 2 : pixel % 40 < 30 ? 0 : -2)),
    );
    const options = { reduce: "sum", blur: 0, saturation: 1, opacity: 1 } as const;
    const overlay = renderOverlay(picture, signs, options);
    expect(at(overlay, 5, 5)).toEqual(divergingScale("RdBu")(1));
    expect(at(overlay, 35, 5)).toEqual(divergingScale("RdBu")(0));
    expect(at(overlay, 15, 5)).toEqual([240, 120, 0]);
    expect(at(renderOverlay(picture, signs, { ...options, colorMap: "PuOr" }), 5, 5)).toEqual(divergingScale("PuOr")(1));
    expect(() => renderOverlay(picture, signs, { ...options, colorMap: "turbo" })).toThrow(/colorMap/);
  });

  it.each([0, 3])("leaves the picture, with less colour, where the attribution is %s everywhere", (value) => {
    const flat = float32([1, 3, 20, 40], new Float32Array(2400).fill(value));
    expect(renderOverlay(picture, flat, { saturation: 1 })).toEqual(picture);
    const grey = Math.round(0.299 * 240 + 0.587 * 120);
    expect(at(renderOverlay(picture, flat, { saturation: 0 }), 3, 3)).toEqual([grey, grey, grey]);
  });

  it("enlarges a small map to the picture, and shrinks a large one", () => {
    for (const [width, height] of [
      [4, 2],
      [80, 40],
    ] as const) {
      const corner = float32(
        [1, 1, height, width],
        Float32Array.from({ length: width * height }, (_, pixel) => (pixel % width < width / 2 ? 0 : 1)),
      );
      const overlay = renderOverlay(picture, corner, { saturation: 1, opacity: 1 });
      expect([overlay.width, overlay.height]).toEqual([40, 20]);
      expect(at(overlay, 2, 10)).toEqual([240, 120, 0]);
      expect(at(overlay, 38, 10)).toEqual(sequentialScale("turbo")(1));
    }
  });

  it("refuses an attribution of other proportions", () => {
    expect(() => renderOverlay(picture, float32([1, 1, 20, 20]))).toThrow(
      expect.objectContaining({ code: "INPUT_SHAPE", message: expect.stringContaining("preprocess()") }),
    );
  });

  it.each([{ opacity: 1.5 }, { opacity: Number.NaN }, { saturation: -1 }, { blur: -1 }])("refuses %j", (options) => {
    expect(() => renderOverlay(picture, square, options)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });
});
