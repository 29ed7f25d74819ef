import { describe, expect, it } from "vitest";
import { type DivergingColorMap, type SequentialColorMap, divergingScale, sequentialScale } from "./color-map.ts";

const brightness = ([r, g, b]: readonly [number, number, number]): number => 0.299 * r + 0.587 * g + 0.114 * b;

describe("sequentialScale", () => {
  it("has the published ends", () => {
    expect(sequentialScale("inferno")(0)).toEqual([0, 0, 4]);
    expect(sequentialScale("inferno")(1)).toEqual([252, 255, 164]);
    expect(sequentialScale("viridis")(0)).toEqual([68, 1, 84]);
    expect([0, 0.5, 1].map((position) => sequentialScale("grey")(position)[0])).toEqual([0, 128, 255]);
  });

  it.each<SequentialColorMap>(["inferno", "magma", "plasma", "viridis", "cividis", "grey"])("%s grows brighter from end to end", (name) => {
    const scale = sequentialScale(name);
    const steps = Array.from({ length: 33 }, (_, at) => brightness(scale(at / 32)));
    steps.slice(1).forEach((level, at) => expect(level).toBeGreaterThan(steps[at]! - 1));
    expect(steps.at(-1)! - steps[0]!).toBeGreaterThan(150);
  });

  it("takes a function, and refuses what is neither that nor a name", () => {
    expect(sequentialScale((position) => (position < 0.5 ? "#010203" : "red"))(0)).toEqual([1, 2, 3]);
    expect(() => sequentialScale(() => "reddish")).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    expect(() => sequentialScale("jet" as never)).toThrow(expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining('"turbo"') }));
  });
});

describe("divergingScale", () => {
  it.each<DivergingColorMap>(["RdBu", "PuOr", "BrBG"])("%s is neutral and bright in the middle, and has two different ends", (name) => {
    const scale = divergingScale(name);
    const middle = scale(0.5);
    expect(Math.min(...middle)).toBeGreaterThan(230);
    expect(Math.max(...middle) - Math.min(...middle)).toBeLessThan(12);
    expect(brightness(scale(0))).toBeLessThan(80);
    expect(brightness(scale(1))).toBeLessThan(80);
  });

  it("shows what is positive in red", () => {
    const [red, , blue] = divergingScale("RdBu")(0.85);
    expect(red).toBeGreaterThan(blue + 60);
  });
});
