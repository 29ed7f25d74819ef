import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dim } from "../graphs/facts.ts";
import { addDims, ceilDivideDim, divideDimsExactly, floorDivideDim, isNeverNegative, multiplyDims, subtractDims } from "./dim-arithmetic.ts";
import { substituteDim } from "./substitute-dim.ts";

const SEED = 20260801;

interface Expression {
  readonly dim: Dim;
  readonly value: number;
}

/** Names as models have them: plain, with a path, and with signs that an expression uses, too. */
const SIZES: ReadonlyMap<string, number> = new Map([
  ["N", 3],
  ["H", 17],
  ["/conv/Conv_output_0.2", 5],
  ["seq-1", 7],
  ["past + 1", 11],
  ["2*s0", 4],
  ["floor(H)", 2],
  ["12", 9],
]);

const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.integer({ min: -4, max: 9 }).map((value) => ({ dim: value, value })),
  fc.constantFrom(...SIZES).map(([dim, value]) => ({ dim, value })),
);

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => ({ dim: addDims(a.dim, b.dim), value: a.value + b.value })),
    fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => ({ dim: subtractDims(a.dim, b.dim), value: a.value - b.value })),
    fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => ({ dim: multiplyDims(a.dim, b.dim), value: a.value * b.value })),
    fc
      .tuple(tie("expression"), fc.integer({ min: 1, max: 5 }))
      .map(([a, divisor]) => ({ dim: floorDivideDim(a.dim, divisor), value: Math.floor(a.value / divisor) })),
    fc
      .tuple(tie("expression"), fc.integer({ min: 1, max: 5 }))
      .map(([a, divisor]) => ({ dim: ceilDivideDim(a.dim, divisor), value: Math.ceil(a.value / divisor) })),
  ),
}));

describe("arithmetic with symbolic sizes", () => {
  it("agrees with arithmetic with the numbers put in", () => {
    fc.assert(
      fc.property(expression, ({ dim, value }) => {
        expect(dim).not.toBeNull();
        expect(substituteDim(dim, SIZES)).toBe(value + 0);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it("gives equal names to equal sums and products, whatever their order", () => {
    fc.assert(
      fc.property(expression, expression, expression, (a, b, c) => {
        expect(addDims(a.dim, addDims(b.dim, c.dim))).toBe(addDims(addDims(c.dim, a.dim), b.dim));
        expect(multiplyDims(a.dim, b.dim)).toBe(multiplyDims(b.dim, a.dim));
        expect(subtractDims(addDims(a.dim, b.dim), b.dim)).toBe(a.dim);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it("says that an expression is never negative only where it is not", () => {
    fc.assert(
      fc.property(expression, ({ dim, value }) => {
        if (isNeverNegative(dim)) expect(value).toBeGreaterThanOrEqual(0);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it("divides only where nothing remains", () => {
    expect(divideDimsExactly(multiplyDims("N", 12), 4)).toBe("{3*N}");
    expect(divideDimsExactly(multiplyDims(multiplyDims("N", "H"), 6), multiplyDims("H", 2))).toBe("{3*N}");
    expect(divideDimsExactly(addDims(multiplyDims("N", 4), 2), 4)).toBeNull();
    expect(divideDimsExactly("N", "H")).toBeNull();
    expect(divideDimsExactly(0, 0)).toBeNull();
    expect(divideDimsExactly("N", "N")).toBe(1);
  });

  it("names the sizes of strided convolutions alike, whatever their kernels", () => {
    const wide = addDims(floorDivideDim(addDims("H", 2 - 3), 2), 1);
    const narrow = addDims(floorDivideDim(addDims("H", -1), 2), 1);
    expect(wide).toBe("{floor((H+1)/2)}");
    expect(narrow).toBe(wide);
  });

  it("keeps unknown sizes unknown", () => {
    expect(addDims(null, 1)).toBeNull();
    expect(multiplyDims("N", null)).toBeNull();
    expect(multiplyDims(0, null)).toBe(0);
    expect(floorDivideDim(null, 2)).toBeNull();
    expect(addDims("it's", 1)).toBeNull();
  });

  it("leaves symbols that have no number", () => {
    expect(substituteDim(addDims("N", "M"), new Map([["N", 3]]))).toBe("{M+3}");
    expect(substituteDim("M", new Map())).toBe("M");
    expect(substituteDim(null, new Map())).toBeNull();
  });
});
