import { describe, expect, it } from "vitest";

import { ruleWeights } from "./fit-path.ts";
import { allPlaces, nestedPoints, worstPlaces } from "./place-points.ts";

describe("nestedPoints", () => {
  it("gives 5, 7 and 11 points of the path, none of them twice, and no more", () => {
    const all = [0, 5, 7].flatMap((count) => [...nestedPoints(count)!]);
    expect(new Set(all).size).toBe(11);
    for (const alpha of all) expect(alpha > 0 && alpha < 1).toBe(true);
    expect([1, 6, 11].map(nestedPoints)).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    [[0], 1e-3],
    [[0, 5], 3e-4],
    [[0, 5, 7], 1e-5],
  ])("carries a polynomial with positive weights, and integrates smooth functions, from %j on", (counts, error) => {
    const alphas = counts.flatMap((count) => [...nestedPoints(count)!]).toSorted((a, b) => a - b);
    const weights = ruleWeights(alphas, "polynomial");
    expect(Math.min(...weights)).toBeGreaterThan(0);
    // ∫₀¹ 1 / (1 + t²) dt, a quarter of π.
    expect(Math.abs(alphas.reduce((sum, t, k) => sum + weights[k]! / (1 + t * t), 0) - Math.PI / 4)).toBeLessThan(error);
  });
});

describe("worstPlaces", () => {
  it("cuts the stretch with the largest error", () => {
    const places = worstPlaces([0.1, 0.3, 0.5, 0.7, 0.9], Float64Array.of(0, 0, 0, 0.5, 0, 0));
    expect(places).toHaveLength(4);
    expect(places.filter((place) => place > 0.5 && place < 0.7).length).toBeGreaterThanOrEqual(2);
    expect(places.every((place) => place > 0.3 && place < 0.9)).toBe(true);
  });

  it("looks at neighbours, so that an error that is small by chance is not believed", () => {
    const places = worstPlaces([0.1, 0.3, 0.5, 0.7, 0.9], Float64Array.of(0, 0.5, 0, 0.5, 0, 0));
    expect(places.some((place) => place > 0.3 && place < 0.5)).toBe(true);
  });

  it("keeps new points away from those that are there and from the ends", () => {
    const alphas = [0.1, 0.9];
    const places = worstPlaces(alphas, Float64Array.of(1, 1, 1));
    for (const place of places) {
      expect(Math.min(place, 1 - place)).toBeGreaterThan(0.01);
      for (const alpha of alphas) expect(Math.abs(place - alpha)).toBeGreaterThan(0.01);
    }
  });
});

describe("allPlaces", () => {
  it("takes as many as the errors ask for, and no more than are allowed", () => {
    const alphas = [0.125, 0.375, 0.625, 0.875];
    const errors = Float64Array.of(0.01, 0.02, 0.02, 0.02, 0.01);
    const few = allPlaces(alphas, errors, 0.01, 100);
    const many = allPlaces(alphas, errors, 0.001, 100);
    expect(few.length).toBeLessThan(many.length);
    expect(many.length).toBeLessThan(100);
    expect(allPlaces(alphas, errors, 1e-9, 10)).toHaveLength(10);
    expect(allPlaces(alphas, errors, 1, 10)).toEqual([]);
    // Equal errors are cut alike: about equal distances.
    const all = [...alphas, ...many].toSorted((a, b) => a - b);
    const gaps = all.slice(1).map((alpha, k) => alpha - all[k]!);
    expect(Math.max(...gaps)).toBeLessThan(2.1 * Math.min(...gaps));
  });
});
