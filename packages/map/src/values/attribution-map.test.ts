import { float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";
import { reduceChannels } from "./attribution-map.ts";

/** Two channels of 1 × 2: (1, −2) and (−3, −4). */
const twoChannels = float32([1, 2, 1, 2], [1, -2, -3, -4]);

describe("reduceChannels", () => {
  it("sums absolute values unless told otherwise", () => {
    expect([...reduceChannels(twoChannels).data]).toEqual([4, 6]);
    expect([...reduceChannels(twoChannels, { reduce: "sum" }).data]).toEqual([-2, -6]);
    expect([...reduceChannels(twoChannels, { reduce: "maxAbs" }).data]).toEqual([3, 4]);
  });

  it("lets what speaks for and against cancel over the many channels of an inner value", () => {
    const inner = float32([1, 8, 1, 2], [1, 2, -1, 2, 1, 2, -1, -2, 1, -2, -1, -2, 1, -2, -1, -2]);
    expect([...reduceChannels(inner).data]).toEqual([0, 4]);
    expect([...reduceChannels(inner, { reduce: "absSum" }).data]).toEqual([0, 4]);
    expect([...reduceChannels(inner, { reduce: "sum" }).data]).toEqual([0, -4]);
    expect([...reduceChannels(inner, { reduce: "sumAbs" }).data]).toEqual([8, 16]);
  });

  it("gives the same map for both layouts, with and without the batch axis", () => {
    // 2 high, 4 wide, 3 channels; the value tells its place: channel · 100 + pixel.
    const pixels = [0, 1, 2, 3, 4, 5, 6, 7];
    const planes = [0, 1, 2].flatMap((channel) => pixels.map((pixel) => channel * 100 + pixel));
    const interleaved = pixels.flatMap((pixel) => [0, 1, 2].map((channel) => channel * 100 + pixel));
    const expected = { width: 4, height: 2, data: Float64Array.from(pixels, (pixel) => 300 + 3 * pixel) };
    for (const batch of [[], [1]]) {
      expect(reduceChannels(float32([...batch, 3, 2, 4], planes))).toEqual(expected);
      expect(reduceChannels(float32([...batch, 3, 2, 4], planes), { layout: "NCHW" })).toEqual(expected);
      expect(reduceChannels(float32([...batch, 2, 4, 3], interleaved))).toEqual(expected);
      expect(reduceChannels(float32([...batch, 2, 4, 3], interleaved), { layout: "NHWC" })).toEqual(expected);
    }
  });

  it.each([
    [[5, 7], { width: 7, height: 5 }],
    [[1, 5, 7], { width: 7, height: 5 }],
    [[1, 1, 5, 7], { width: 7, height: 5 }],
    [[5, 7, 1], { width: 7, height: 5 }],
    [[1, 512, 7, 7], { width: 7, height: 7 }],
    [[64, 3, 3], { width: 3, height: 3 }],
    [[3, 224, 224], { width: 224, height: 224 }],
    [[1, 224, 224, 3], { width: 224, height: 224 }],
  ])("finds the picture in dims %j", (dims, size) => {
    expect(reduceChannels(float32(dims))).toMatchObject(size);
  });

  it.each([[[3]], [[2, 3, 4, 4]], [[1, 1, 3, 4, 4]], [[1, 3, 0, 4]], [[]]])("refuses dims %j", (dims) => {
    expect(() => reduceChannels(float32(dims))).toThrow(expect.objectContaining({ code: "INPUT_SHAPE" }));
  });

  it("says how to draw one row of several", () => {
    expect(() => reduceChannels(float32([2, 3, 4, 4]))).toThrow(/2 rows.*sliceRows/);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuses %s and says where it is", (bad) => {
    const attribution = float32([1, 1, 2, 2], [0, 1, bad, bad]);
    expect(() => reduceChannels(attribution)).toThrow(
      expect.objectContaining({ code: "RESULT_NOT_FINITE", message: expect.stringMatching(/2 of 4 .*flat index 2/) }),
    );
    expect(() => reduceChannels({ width: 1, height: 1, data: Float64Array.of(bad) })).toThrow(expect.objectContaining({ code: "RESULT_NOT_FINITE" }));
  });

  it("does not overflow where float32 would", () => {
    expect([...reduceChannels(float32([3, 1, 1], [3e38, 3e38, 3e38])).data]).toEqual([3 * Math.fround(3e38)]);
  });

  it("refuses unknown options and other types", () => {
    expect(() => reduceChannels(twoChannels, { reduce: "mean" as never })).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    expect(() => reduceChannels(twoChannels, { layout: "CHW" as never })).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    expect(() => reduceChannels({ ...twoChannels, type: "int32" } as never)).toThrow(expect.objectContaining({ code: "INPUT_TYPE" }));
  });
});
