import { describe, expect, it } from "vitest";

import { nestedFejer } from "./nested-rule.ts";
import { pointRounds } from "./point-rounds.ts";

describe("nestedFejer", () => {
  it.each([
    [5, [1, 3]],
    [7, [3, 7]],
    [200, [3, 7, 15, 31, 63, 127]],
  ])("has the levels that %i points allow", (most, counts) => expect(nestedFejer(most).counts).toEqual(counts));

  it("weighs with each level as many points as it has, all of them positively, and integrates polynomials of as many degrees", () => {
    const { nodes, counts, weights } = nestedFejer(31);
    expect(new Set(nodes).size).toBe(31);
    for (const [level, count] of counts.entries()) {
      expect(weights[level]!.findIndex((weight) => weight === 0) % 31).toBe(count === 31 ? -1 : count);
      expect(Math.min(...weights[level]!.subarray(0, count))).toBeGreaterThan(0);
      for (const degree of [0, 1, count - 1]) {
        expect(nodes.reduce((sum, node, k) => sum + weights[level]![k]! * node ** degree, 0)).toBeCloseTo(1 / (degree + 1), 14);
      }
    }
  });
});

describe("pointRounds", () => {
  it("takes every point once, and no more at once than allowed", () => {
    expect(pointRounds(nestedFejer(31), 8)).toEqual([
      { start: 0, end: 7, level: 1 },
      { start: 7, end: 15, level: 2 },
      { start: 15, end: 23, level: 3 },
      { start: 23, end: 31, level: 3 },
    ]);
    expect(pointRounds(nestedFejer(7), 1)).toHaveLength(7);
  });
});
