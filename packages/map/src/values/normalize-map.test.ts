import { describe, expect, it } from "vitest";
import { normalizeMap, normalizeSignedMap } from "./normalize-map.ts";

const mapOf = (values: readonly number[]): { width: number; height: number; data: Float64Array } => ({
  width: values.length,
  height: 1,
  data: Float64Array.from(values),
});
const upTo100 = Array.from({ length: 101 }, (_, value) => value);

describe("normalizeMap", () => {
  it("goes from the smallest value to the percentile", () => {
    const { data } = normalizeMap(mapOf(upTo100.map((value) => value + 5)), { percentile: 80 });
    expect([data[0], data[40], data[80], data[100]]).toEqual([0, 0.5, 1, 1]);
  });

  it("clips at the 99th percentile by default", () => {
    const { data } = normalizeMap(mapOf(upTo100));
    expect([data[99], data[100]]).toEqual([1, 1]);
    expect(data[98]).toBeCloseTo(98 / 99, 12);
    expect(normalizeMap(mapOf(upTo100), { percentile: 100 }).data[99]).toBeCloseTo(0.99, 12);
  });

  it("interpolates between values as NumPy does", () => {
    // numpy.percentile([0, 1, 10], 75) = 5.5
    expect(normalizeMap(mapOf([10, 0, 1]), { percentile: 75 }).data[2]).toBeCloseTo(1 / 5.5, 12);
  });

  it("shows a single pixel among zeros", () => {
    const values = Array.from({ length: 1000 }, (_, at) => (at === 7 ? 1e-30 : 0));
    const { data } = normalizeMap(mapOf(values));
    expect([data[7], data[8]]).toEqual([1, 0]);
    expect(normalizeSignedMap(mapOf(values.map((value) => -value))).data[7]).toBe(-1);
  });

  it.each([0, 3, -1e-40, 1e300])("gives zeros for a map that is %s everywhere", (value) => {
    expect([...normalizeMap(mapOf([value, value])).data]).toEqual([0, 0]);
    expect([...normalizeSignedMap(mapOf([value, value])).data]).toEqual([0, 0]);
  });

  it.each([0, -1, 100.5, Number.NaN])("refuses a percentile of %s", (percentile) => {
    expect(() => normalizeMap(mapOf([0, 0]), { percentile })).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    expect(() => normalizeSignedMap(mapOf([1, 2]), { percentile })).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });

  it("leaves its input alone", () => {
    const map = mapOf([3, 1, 2]);
    normalizeMap(map);
    normalizeSignedMap(map);
    expect([...map.data]).toEqual([3, 1, 2]);
  });
});

describe("normalizeSignedMap", () => {
  it("keeps zero at zero and both signs on one scale", () => {
    expect([...normalizeSignedMap(mapOf([-4, 0, 2, 8]), { percentile: 100 }).data]).toEqual([-0.5, 0, 0.25, 1]);
  });
});
