import { describe, expect, it } from "vitest";
import { erf } from "./error-function.ts";

describe("erf", () => {
  it.each([
    [0, 0],
    [1e-8, 1.1283791670955126e-8],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [2.4999999, 0.9995930477647266],
    [2.5, 0.999593047982555],
    [3.5, 0.9999992569016276],
    [6, 1],
    [40, 1],
  ])("of %d", (x, expected) => {
    expect(Math.abs(erf(x) - expected)).toBeLessThan(4e-16);
    expect(erf(-x)).toBe(-erf(x));
  });

  it("of NaN is NaN", () => {
    expect(erf(NaN)).toBeNaN();
  });
});
