import { describe, expect, it } from "vitest";
import { stepFrom } from "../element/cursor-steps.ts";
import { describeView } from "../view/describe-view.ts";
import { formatShare, formatValue } from "../view/format-value.ts";
import { byStrength, cellFacts, placeShares } from "./place-shares.ts";

const map = { width: 3, height: 3, data: Float64Array.of(0, -4, 0, 1, 3, 0, 0, 2, 0) };

describe("one value among the others", () => {
  it("has a share of the sum of all sizes, and a rank", () => {
    expect(cellFacts(map, 1)).toEqual({ value: -4, share: 0.4, rank: 1, of: 9 });
    expect(cellFacts(map, 0)).toEqual({ value: 0, share: 0, rank: 5, of: 9 });
    expect(cellFacts({ ...map, data: new Float64Array(9) }, 0).share).toBe(0);
    expect(byStrength(map, 3)).toEqual([1, 4, 7]);
  });
});

describe("the parts of a picture", () => {
  it("share what there is among them, whatever its size", () => {
    expect(placeShares(map).slice(0, 2)).toEqual([
      { name: "top centre", share: 0.4, positive: 0, negative: -4 },
      { name: "centre", share: 0.3, positive: 3, negative: 0 },
    ]);
    for (const [width, height] of [
      [1, 1],
      [2, 5],
      [7, 4],
      [224, 200],
    ] as const) {
      const shares = placeShares({ width, height, data: new Float64Array(width * height).fill(-2) });
      expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(new Set(shares.map(({ name }) => name)).size).toBe(Math.min(3, width) * Math.min(3, height));
    }
  });

  it("are the text alternative, and an empty map says that it is empty", () => {
    const unsigned = { ...map, data: map.data.map(Math.abs) };
    expect(describeView({ kind: "picture", signed: map, unsigned }, [])).toBe(
      "Most at the top centre, 40 % of the total; then centre 30 %, bottom centre 20 %. 60 % speaks for the target, 40 % against it.",
    );
    expect(describeView({ kind: "words", signed: { width: 2, height: 1, data: Float64Array.of(1, -3) }, unsigned }, ["good", "bad"])).toBe(
      "Strongest: bad against, 75 %; good for, 25 % of the total.",
    );
    const zero = { width: 2, height: 2, data: new Float64Array(4) };
    expect(describeView({ kind: "picture", signed: zero, unsigned: zero }, [])).toMatch(/^Nothing/);
  });
});

describe("keys", () => {
  it("lead to neighbours, to the ends and along the ranks, and never leave the map", () => {
    const walk = (keys: readonly string[]): number | null => keys.reduce<number | null>((at, key) => stepFrom(map, at, key) ?? null, null);
    expect(walk(["ArrowLeft"])).toBe(4);
    expect(walk(["ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowUp"])).toBe(0);
    expect(walk(["End", "ArrowRight", "ArrowDown"])).toBe(8);
    expect(walk(["PageDown", "PageDown", "PageDown"])).toBe(7);
    expect(walk(["PageUp", "PageUp"])).toBe(1);
    expect(walk(["Home", "Escape"])).toBeNull();
    expect(stepFrom(map, 0, "a")).toBeUndefined();
  });
});

describe("numbers for people", () => {
  it("have four digits and a real minus", () => {
    expect([0, 1, -0.012345, 123456.7, 1e-7, -2.5e9].map(formatValue)).toEqual(["0", "1", "−0.01235", "123500", "1e-7", "−2.5e9"]);
    expect([0, 1, 0.0123, 0.00001, 0.345].map(formatShare)).toEqual(["0 %", "100 %", "1.2 %", "< 0.01 %", "34.5 %"]);
  });
});
