import { describe, expect, it } from "vitest";

import { allPlaces, fejerLevel, worstPlaces } from "./place-points.ts";

describe("fejerLevel", () => {
  it("gives 3, 7, 11 and 15 points of the path, none of them twice, and no more", () => {
    const all = [0, 3, 7, 11].flatMap((count) => [...fejerLevel(count)!]);
    expect(new Set(all).size).toBe(15);
    const expected = Array.from({ length: 15 }, (_, k) => (1 - Math.cos(((k + 1) * Math.PI) / 16)) / 2);
    all.toSorted((a, b) => a - b).forEach((alpha, k) => expect(alpha).toBeCloseTo(expected[k]!, 14));
    expect([1, 4, 15].map(fejerLevel)).toEqual([undefined, undefined, undefined]);
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
