import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { QUADRATURES, quadrature } from "./quadrature.ts";

const integrate = (name: (typeof QUADRATURES)[number], n: number, f: (t: number) => number): number => {
  const { nodes, weights } = quadrature(name, n);
  return nodes.reduce((sum, node, k) => sum + weights[k]! * f(node), 0);
};

describe("quadrature", () => {
  it.each(QUADRATURES)("%s has weights that sum to one and ascending nodes in [0, 1]", (name) => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), (n) => {
        const { nodes, weights } = quadrature(name, n);
        expect(nodes).toHaveLength(n);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 13);
        expect(nodes).toEqual(nodes.toSorted());
        expect(nodes[0]!).toBeGreaterThanOrEqual(0);
        expect(nodes.at(-1)!).toBeLessThanOrEqual(1);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it("has the nodes k/n on the right and (k − 1)/n on the left", () => {
    expect([...quadrature("right", 4).nodes]).toEqual([0.25, 0.5, 0.75, 1]);
    expect([...quadrature("left", 4).nodes]).toEqual([0, 0.25, 0.5, 0.75]);
    expect([...quadrature("midpoint", 2).nodes]).toEqual([0.25, 0.75]);
    expect(quadrature("trapezoid", 3)).toEqual({ nodes: Float64Array.of(0, 0.5, 1), weights: Float64Array.of(0.25, 0.5, 0.25) });
  });

  it.each([1, 2, 3, 5, 10, 25])("gausslegendre of %i points is exact up to degree 2n − 1, and not beyond", (n) => {
    for (let degree = 0; degree < 2 * n; degree++) expect(integrate("gausslegendre", n, (t) => t ** degree)).toBeCloseTo(1 / (degree + 1), 13);
    if (n <= 5) expect(Math.abs(integrate("gausslegendre", n, (t) => t ** (2 * n)) - 1 / (2 * n + 1))).toBeGreaterThan(1e-8);
  });

  it("knows the textbook's nodes of five points", () => {
    const inner = Math.sqrt(5 - 2 * Math.sqrt(10 / 7)) / 3;
    const outer = Math.sqrt(5 + 2 * Math.sqrt(10 / 7)) / 3;
    const expected = [-outer, -inner, 0, inner, outer].map((x) => (1 + x) / 2);
    quadrature("gausslegendre", 5).nodes.forEach((node, k) => expect(node).toBeCloseTo(expected[k]!, 15));
  });

  it("stays accurate for many points", () => {
    expect(integrate("gausslegendre", 500, Math.exp)).toBeCloseTo(Math.E - 1, 13);
  });
});
