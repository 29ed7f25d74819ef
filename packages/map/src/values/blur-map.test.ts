import { describe, expect, it } from "vitest";
import { blurMap } from "./blur-map.ts";

describe("blurMap", () => {
  it("spreads a point as a Gaussian and keeps its sum", () => {
    const data = new Float64Array(41 * 31);
    data[15 * 41 + 20] = 1;
    const blurred = blurMap({ width: 41, height: 31, data }, 2).data;
    expect(blurred.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    const center = blurred[15 * 41 + 20]!;
    expect(blurred[15 * 41 + 23]! / center).toBeCloseTo(Math.exp(-9 / 8), 12);
    expect(blurred[17 * 41 + 18]! / center).toBeCloseTo(Math.exp(-8 / 8), 12);
  });

  it("keeps a constant map constant up to the edges, even one smaller than the kernel", () => {
    blurMap({ width: 3, height: 2, data: new Float64Array(6).fill(5) }, 4).data.forEach((value) => expect(value).toBeCloseTo(5, 12));
  });

  it("does nothing with 0, and refuses negative or endless widths", () => {
    const map = { width: 1, height: 1, data: Float64Array.of(1) };
    expect(blurMap(map, 0)).toBe(map);
    for (const sigma of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => blurMap(map, sigma)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    }
  });
});
