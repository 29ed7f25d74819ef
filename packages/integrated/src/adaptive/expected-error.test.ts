import { describe, expect, it } from "vitest";

import { expectedErrors, together } from "./expected-error.ts";
import { ruleWeights } from "./fit-path.ts";
import { type Sample, innerProducts } from "./path-samples.ts";
import { nestedPoints } from "./place-points.ts";

const alphas = [0, 5, 7].flatMap((count) => [...nestedPoints(count)!]).toSorted((a, b) => a - b);
const FINE = 400;

/** What straight lines miss of ∫₀¹ g dt, and what they are expected to: [dimensions] in the 2-norm. */
function missed(g: readonly Float64Array[]): { readonly error: number; readonly expected: number } {
  const at = (k: number, t: number): number => g[k]![Math.min(FINE - 1, Math.floor(t * FINE))]!;
  const weights = ruleWeights(alphas, "linear");
  const errors = g.map((values, k) => alphas.reduce((sum, t, n) => sum + weights[n]! * at(k, t), 0) - values.reduce((sum, value) => sum + value, 0) / FINE);
  const products = (a: number, b: number): number => g.reduce((sum, _, k) => sum + at(k, alphas[a]!) * at(k, alphas[b]!), 0);
  return { error: Math.hypot(...errors), expected: together(expectedErrors(alphas, products, "linear")) };
}

describe("expectedErrors", () => {
  it("is what straight lines miss where gradients walk at random, and where they jump at some kinks", () => {
    let state = 1;
    const random = (): number => (state = (state * 16807) % 2147483647) / 2147483647;
    const walk = (kinks: number): Float64Array => {
      let value = 0;
      return Float64Array.from({ length: FINE }, () => (value += random() < kinks / FINE ? random() - 0.5 : 0));
    };
    for (const kinks of [FINE, 40, 8]) {
      const { error, expected } = missed(Array.from({ length: 300 }, () => walk(kinks)));
      expect(expected / error).toBeGreaterThan(0.8);
      expect(expected / error).toBeLessThan(1.25);
    }
  });

  it("is little for polynomials through smooth gradients, and not less than they miss", () => {
    const frequencies = [1, 2, 3, 4, 5];
    const products = (a: number, b: number): number => frequencies.reduce((sum, f) => sum + Math.sin(f * alphas[a]!) * Math.sin(f * alphas[b]!), 0);
    const weights = ruleWeights(alphas, "polynomial");
    const errors = frequencies.map((f) => alphas.reduce((sum, t, n) => sum + weights[n]! * Math.sin(f * t), 0) - (1 - Math.cos(f)) / f);
    const expected = together(expectedErrors(alphas, products, "polynomial"));
    expect(expected).toBeLessThan(together(expectedErrors(alphas, products, "linear")) / 30);
    expect(expected).toBeGreaterThan(Math.hypot(...errors));
  });

  it("is nothing where nothing changes", () => {
    expect(together(expectedErrors(alphas, () => 1, "linear"))).toBeLessThan(1e-7);
  });
});

it("reads inner products that were computed before it, with pauses between: of neighbours for lines, of all for polynomials", async () => {
  for (const [rule, reach] of [
    ["linear", 2],
    ["polynomial", alphas.length],
  ] as const) {
    let read = 0;
    const samples = alphas.map((alpha): Sample => ({
      alpha,
      score: 0,
      slope: 0,
      get values() {
        return (read++, { x: Float32Array.of(alpha) });
      },
    }));
    const products = innerProducts();
    await products.compute(samples, reach);
    const before = read;
    expect(before).toBeGreaterThan(0);
    expectedErrors(alphas, (a, b) => products.of(samples[a]!, samples[b]!), rule);
    expect(read).toBe(before);
  }
});
