import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { sizeHistogram } from "./histogram.ts";

describe("a histogram of sizes", () => {
  it("has bins between 1, 2 and 5 times the powers of ten", () => {
    expect(sizeHistogram([0.1, 0.15, 0.2, 0.4999, 0.5, 1, 3])).toEqual([
      { from: 0.1, to: 0.2, count: 2 },
      { from: 0.2, to: 0.5, count: 2 },
      { from: 0.5, to: 1, count: 1 },
      { from: 1, to: 2, count: 1 },
      { from: 2, to: 5, count: 1 },
    ]);
  });

  it("puts zeros, and what is far below the largest, into a first bin from 0 on", () => {
    expect(sizeHistogram([0, 1, 1])).toEqual([
      { from: 0, to: 1, count: 1 },
      { from: 1, to: 2, count: 2 },
    ]);
    const [rest, ...bins] = sizeHistogram([1e-12, 1e-9, 3]);
    expect(rest).toMatchObject({ from: 0, count: 2 });
    expect(bins.map(({ count }) => count)).toEqual([...Array.from({ length: 13 }, () => 0), 1]);
    expect(sizeHistogram([0, 0])).toEqual([{ from: 0, to: 0, count: 2 }]);
    expect(sizeHistogram([])).toEqual([]);
  });

  it("counts every value once, in the bin that holds it, in fifteen bins at most", () => {
    const value = fc.oneof(fc.constant(0), fc.double({ min: 1e-300, max: 1e300, noNaN: true }), fc.constantFrom(1, 2, 5, 10, 0.2, 0.05));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (values) => {
        const bins = sizeHistogram(values);
        expect(bins.length).toBeLessThanOrEqual(15);
        bins.forEach(({ from, to, count }, n) => {
          expect(count).toBe(to === 0 ? values.length : values.filter((each) => each >= from && each < to).length);
          if (n > 0) expect(from).toBe(bins[n - 1]!.to);
        });
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});
