import { describe, expect, it } from "vitest";

import { createNoise } from "./noise.ts";

describe("createNoise", () => {
  it("gives these numbers for these seeds, for ever", () => {
    expect([...createNoise(0).next(4)]).toEqual([1.5789213499189856, 0.23980995521373447, -0.026268963582172386, 1.3176593189047676]);
    expect([...createNoise(7, 1).next(4)]).toEqual([-0.05100607897354398, 0.5692912852221698, 0.9640085151537326, 1.6784827183018056]);
    expect([...createNoise(2 ** 32 - 1).next(2)]).toEqual([-0.8746615150324073, 1.9842556277738623]);
  });

  it("continues where it stopped", () => {
    const source = createNoise(3);
    expect([...source.next(3), ...source.next(4)]).toEqual([...createNoise(3).next(7)]);
  });

  it.each([0, 1, 2, 12345])("is standard normal (seed %i)", (seed) => {
    const count = 200_000;
    const values = createNoise(seed).next(count);
    const moment = (power: number): number => values.reduce((sum, value) => sum + value ** power, 0) / count;
    // Four standard errors of each moment.
    const bound = (variance: number): number => 4 * Math.sqrt(variance / count);
    expect(Math.abs(moment(1))).toBeLessThan(bound(1));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(bound(2));
    expect(Math.abs(moment(3))).toBeLessThan(bound(15));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(bound(96));
    const beyondTwo = values.filter((value) => Math.abs(value) > 2).length / count;
    expect(Math.abs(beyondTwo - 0.0455)).toBeLessThan(bound(0.0455 * 0.9545));
  });

  it("gives unrelated numbers for neighbouring seeds, streams and draws", () => {
    const count = 50_000;
    const correlation = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0) / count;
    const base = createNoise(10).next(count + 1);
    for (const other of [createNoise(11).next(count), createNoise(10, 1).next(count), base.subarray(1)]) {
      expect(Math.abs(correlation(base.subarray(0, count), other))).toBeLessThan(4 / Math.sqrt(count));
    }
  });

  it.each([-1, 0.5, 2 ** 32, NaN])("refuses seed %d", (seed) => {
    expect(() => createNoise(seed)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });
});
