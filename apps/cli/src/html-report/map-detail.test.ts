import { float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import { detailOf, mostMaps, strongest } from "./map-detail.ts";

describe("the maps of a page", () => {
  it.each([1, 2])("take 2 MB together at most, however many there are, with %d values for a pixel", (channels) => {
    for (let maps = 1; maps <= mostMaps(channels); maps++) {
      const { side, features } = detailOf(maps, channels);
      expect(Math.round(maps * side * side * channels * 4 * (4 / 3))).toBeLessThanOrEqual(2_000_000);
      expect(maps * features * 32).toBeLessThanOrEqual(2_000_000);
      expect(side).toBeGreaterThanOrEqual(28);
    }
  });

  it("show the strongest features where there are too many", () => {
    const values = float32([1, 4], [1, -4, 0, 3]);
    expect(strongest(values, 2)).toEqual({ tensor: float32([1, 2], [-4, 3]), places: [1, 3] });
    expect(strongest(values, 4).places).toEqual([0, 1, 2, 3]);
  });
});
