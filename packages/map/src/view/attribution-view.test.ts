import { type AttributionJSON, float32 } from "@xdeep/core";
import { createAttribution } from "@xdeep/core/method";
import { describe, expect, it } from "vitest";
import { attributed } from "../../test/attributed.ts";
import { readAttribution, viewOf } from "./attribution-view.ts";

describe("what an attribution is shown as", () => {
  it("a picture: channels are summed for the signed map, their sizes for the other", () => {
    const { kind, signed, unsigned } = viewOf(attributed([2, 2, 2, 2], [...Array.from({ length: 8 }, () => 9), 1, -2, 3, 4, -5, 6, 7, -8]), { row: 1 });
    expect(kind).toBe("picture");
    expect([...signed.data]).toEqual([-4, 4, 10, -4]);
    expect([...unsigned.data]).toEqual([6, 8, 10, 12]);
  });

  it("words where there is a name for each row of numbers, which are summed", () => {
    const { kind, signed } = viewOf(attributed([1, 3, 2], [1, 2, -3, -4, 5, -5]), { names: ["a", "b", "c"] });
    expect(kind).toBe("words");
    expect(signed).toEqual({ width: 3, height: 1, data: Float64Array.of(3, -7, 0) });
  });

  it("bars for the features of a table, with names or without", () => {
    expect(viewOf(attributed([1, 4], [1, 2, 3, 4])).kind).toBe("bars");
    expect(viewOf(attributed([1, 2, 2], [1, 2, 3, 4]), { names: ["a", "b", "c", "d"] }).kind).toBe("bars");
    expect(
      viewOf(
        attributed(
          [1, 1, 4, 4],
          Array.from({ length: 16 }, () => 1),
        ),
        { kind: "bars" },
      ).signed.width,
    ).toBe(16);
  });

  it("refuses rows and values that are not there, and numbers that are none", () => {
    expect(() => viewOf(attributed([1, 2], [1, 2]), { row: 1 })).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    expect(() => viewOf(attributed([1, 2], [1, Number.NaN]))).toThrow(expect.objectContaining({ code: "RESULT_NOT_FINITE" }));
    const several = createAttribution({ ...attributed([1, 2], [1, 2]), values: { a: float32([1, 2], [1, 2]) } });
    expect(viewOf(several, { value: "a" }).signed.width).toBe(2);
    expect(() => viewOf(several, { value: "b" })).toThrow(/It has a/);
  });

  it("is read from the attribution, from its JSON and from the text of it", () => {
    const attribution = attributed([1, 2], [1, -2]);
    for (const source of [attribution, attribution.toJSON() as AttributionJSON, JSON.stringify(attribution)])
      expect(readAttribution(source)).toEqual(attribution);
    expect(() => readAttribution("{}")).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });
});
