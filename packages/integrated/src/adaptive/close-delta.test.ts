import { describe, expect, it } from "vitest";

import { closeDelta } from "./close-delta.ts";

describe("closeDelta", () => {
  const alphas = [0.1, 0.3, 0.6, 0.9];
  const weights = Float64Array.of(0.2, 0.25, 0.3, 0.25);
  const sum = (slopes: readonly number[], by: Float64Array): number => slopes.reduce((total, slope, k) => total + slope * by[k]!, 0);

  it("takes the delta away and leaves the sum of weights", () => {
    const slopes = [1, 4, -2, 0.5];
    const closed = closeDelta(alphas, slopes, weights, 0.1)!;
    expect(sum(slopes, closed)).toBeCloseTo(sum(slopes, weights) - 0.1, 14);
    expect(closed.reduce((total, weight) => total + weight, 0)).toBeCloseTo(1, 14);
  });

  it("finds the one kink between two points exactly", () => {
    // F′ is 2 up to 0.5 and 5 from there: the trapezoid between 0.3 and 0.6 takes it to be at 0.45.
    const closed = closeDelta([0.3, 0.6], [2, 5], Float64Array.of(0.45, 0.55), 0.45 * 2 + 0.55 * 5 - (0.5 * 2 + 0.5 * 5))!;
    expect([...closed]).toEqual([expect.closeTo(0.5, 14), expect.closeTo(0.5, 14)]);
  });

  it("refuses where weight would have to move farther than a point reaches, or where slopes are equal", () => {
    expect(closeDelta(alphas, [1, 4, -2, 0.5], weights, 10)).toBeUndefined();
    expect(closeDelta(alphas, [1, 1, 1, 1], weights, 0.01)).toBeUndefined();
  });
});
