import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fitPath, ruleWeights } from "./fit-path.ts";
import type { Interpolation, PathFit } from "./fit-path.ts";

const RULES: readonly Interpolation[] = ["linear", "cubic", "polynomial"];
const points = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 8 })
  .map((list) => list.map((k) => k / 100).toSorted((a, b) => a - b));
/** Fejér (1933), second rule: nodes (1 − cos(kπ/(n + 1)))/2. */
const fejer = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => (1 - Math.cos(((k + 1) * Math.PI) / (count + 1))) / 2);

/** Fits F at these points. */
function fitOf(alphas: readonly number[], f: (t: number) => number, slope: (t: number) => number, rules: readonly Interpolation[]): PathFit {
  return fitPath({ alphas, scores: alphas.map(f), slopes: alphas.map(slope) }, { start: f(0), end: f(1) }, rules);
}

describe("ruleWeights", () => {
  it.each(RULES)("%s sums to one", (rule) => {
    fc.assert(
      fc.property(points, (alphas) => {
        expect(ruleWeights(alphas, rule).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("gives midpoints the weights of midpoints, and Fejér's points his", () => {
    expect([...ruleWeights([1 / 6, 1 / 2, 5 / 6], "linear")]).toEqual([1, 1, 1].map((weight) => expect.closeTo(weight / 3, 12)));
    // His second rule of 3 weighs each by 1/3.
    expect([...ruleWeights(fejer(3), "polynomial")]).toEqual([1, 1, 1].map((weight) => expect.closeTo(weight / 3, 12)));
    expect(Math.min(...ruleWeights(fejer(15), "polynomial"))).toBeGreaterThan(0);
  });
});

describe("fitPath", () => {
  it("misses nothing where a rule has the right form, stretch by stretch", () => {
    const alphas = [0.1, 0.25, 0.5, 0.7, 0.95];
    expect(
      Math.max(
        ...fitOf(
          alphas,
          (t) => t ** 4,
          (t) => 4 * t ** 3,
          ["cubic"],
        ).errors.map(Math.abs),
      ),
    ).toBeLessThan(1e-14);
    expect(
      Math.max(
        ...fitOf(
          alphas,
          (t) => t ** 5,
          (t) => 5 * t ** 4,
          ["polynomial"],
        ).errors.map(Math.abs),
      ),
    ).toBeLessThan(1e-14);
    const inner = fitOf(
      alphas,
      (t) => t * t,
      (t) => 2 * t,
      ["linear"],
    ).errors.slice(1, -1);
    expect(Math.max(...inner.map(Math.abs))).toBeLessThan(1e-14);
  });

  it("has errors that add up to the delta of the rule", () => {
    const [f, slope] = [Math.exp, Math.exp];
    for (const rule of RULES) {
      const alphas = fejer(7);
      const fit = fitOf(alphas, f, slope, [rule]);
      const integral = alphas.reduce((sum, alpha, k) => sum + fit.weights[k]! * slope(alpha), 0);
      expect(fit.delta).toBeCloseTo(integral - (Math.E - 1), 13);
      expect(fit.errors).toHaveLength(8);
      expect(fit.spread).toBeCloseTo(Math.hypot(...fit.errors), 13);
    }
  });

  it("prefers polynomials on smooth paths and straight lines on kinked ones", () => {
    expect(
      fitOf(
        fejer(11),
        (t) => Math.sin(5 * t),
        (t) => 5 * Math.cos(5 * t),
        RULES,
      ).rule,
    ).toBe("polynomial");
    const kinked = fitOf(
      fejer(11),
      (t) => Math.abs(t - 0.42),
      (t) => Math.sign(t - 0.42),
      ["linear", "polynomial"],
    );
    expect(kinked.rule).toBe("linear");
  });
});
