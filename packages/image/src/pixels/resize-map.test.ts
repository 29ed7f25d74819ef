import { describe, expect, it } from "vitest";
import { resizeMap } from "./resize-map.ts";

const row = (...values: number[]): { width: number; height: number; data: Float64Array } => ({
  width: values.length,
  height: 1,
  data: Float64Array.from(values),
});

describe("resizeMap", () => {
  it("interpolates between the centres of pixels", () => {
    expect([...resizeMap(row(0, 8), { width: 4, height: 1 }).data]).toEqual([0, 2, 6, 8]);
  });

  it("repeats values with nearest", () => {
    expect([...resizeMap(row(1, 2), { width: 6, height: 2 }, "nearest").data]).toEqual([1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2]);
  });

  it("averages where it shrinks", () => {
    // Triangles of half-width 2 about 1 and 3: weights 0.75, 0.75, 0.25 of 2 × 0.875.
    const { data } = resizeMap(row(7, 0, 0, 0), { width: 2, height: 1 });
    expect(data[0]).toBeCloseTo(7 * (0.75 / 1.75), 12);
    expect(data[1]).toBe(0);
  });

  it("does both axes the same way", () => {
    const map = { width: 3, height: 2, data: Float64Array.of(1, 5, 2, 9, 4, 7) };
    const transposed = { width: 2, height: 3, data: Float64Array.of(1, 9, 5, 4, 2, 7) };
    const large = resizeMap(map, { width: 7, height: 5 });
    const largeTransposed = resizeMap(transposed, { width: 5, height: 7 });
    for (let y = 0; y < 5; y++) {
      for (let x = 0; x < 7; x++) expect(large.data[y * 7 + x]).toBeCloseTo(largeTransposed.data[x * 5 + y]!, 12);
    }
  });

  it.each([
    [1, 1, 9, 4],
    [28, 28, 224, 224],
    [50, 20, 7, 33],
  ])("keeps a constant map of %i × %i constant", (width, height, newWidth, newHeight) => {
    const { data } = resizeMap({ width, height, data: new Float64Array(width * height).fill(3) }, { width: newWidth, height: newHeight });
    expect(data.length).toBe(newWidth * newHeight);
    expect(Math.max(...data)).toBeCloseTo(3, 12);
    expect(Math.min(...data)).toBeCloseTo(3, 12);
  });

  it("refuses bad sizes and unknown interpolations", () => {
    for (const width of [0, 1.5, Number.NaN]) {
      expect(() => resizeMap(row(1), { width, height: 1 })).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    }
    expect(() => resizeMap(row(1), { width: 2, height: 1 }, "cubic" as never)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });
});
