import { float32, sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { reduceChannels } from "@xdeep/map/values";
import { describe, expect, it } from "vitest";
import { smallMap } from "./small-map.ts";

const random = (dims: readonly number[]): ReturnType<typeof float32> => float32(dims, Float32Array.from(createNoise(7).next(sizeOf(dims))));
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

describe("a map of fewer pixels", () => {
  it.each([
    [[1, 3, 224, 224], "NCHW", 61],
    [[1, 50, 37, 3], "NHWC", 20],
    [[1, 1, 9, 31], "NCHW", 30],
    [[1, 64, 12, 10], "NCHW", 7],
  ] as const)("keeps Σa and Σ|a| of %j (%s) at %d pixels", (dims, layout, side) => {
    const values = random(dims);
    const small = smallMap(values, layout, side);
    expect(Math.max(small.dims[2]!, small.dims[3]!)).toBe(side);
    for (const reduce of [undefined, "sum"] as const) {
      const before = sum(reduceChannels(values, { layout, reduce }).data);
      expect(sum(reduceChannels(small, { reduce }).data) / before).toBeCloseTo(1, 4);
    }
  });

  it("is the map itself where that is small enough, and puts each value where it was", () => {
    const values = random([1, 3, 5, 4]);
    for (const reduce of [undefined, "sum"] as const) {
      const small = reduceChannels(smallMap(values, "NCHW", 28), { reduce });
      reduceChannels(values, { reduce }).data.forEach((value, n) => expect(small.data[n]).toBeCloseTo(value, 5));
    }
    const one = float32([1, 1, 4, 4]);
    one.data[6] = 8;
    expect([...smallMap(one, "NCHW", 2).data]).toEqual([0, 8, 0, 0, 0, 0, 0, 0]);
    expect([...smallMap(one, "NCHW", 3).data].slice(0, 9).reduce((a, b) => a + b)).toBeCloseTo(8, 5);
  });
});
