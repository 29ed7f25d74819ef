import type { ValueInfo } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import { fittedTo, guessPreset, guessedValues, pictureInput } from "./guess-preset.ts";
import { resolvePreprocessing } from "./resolve-preprocessing.ts";

const info = (dims: readonly (number | null)[], layout: ValueInfo["layout"]): ValueInfo => ({ name: "x", type: "float32", dims, layout });

describe("guesses", () => {
  it.each([
    [[null, 3, 224, 224], "NCHW", "imagenet"],
    [[null, 3, null, null], "NCHW", "imagenet"],
    [[null, 224, 224, 3], "NHWC", "tf"],
    [[null, 1, 28, 28], "NCHW", "grey"],
    [[null, 28, 28, 1], "NHWC", "grey"],
    [[null, 3, 32, 32], "NCHW", "unit"],
    [[null, 64, 48, 3], "NHWC", "unit"],
  ] as const)("%j %s is %s", (dims, layout, preset) => {
    expect(guessPreset(pictureInput(info(dims, layout))).preset).toBe(preset);
  });

  it.each([
    [[null, 1, 64, null], "NCHW", "grey", "one channel, 64 pixels high, any width", { width: null, height: 64 }],
    [[null, 3, 48, null], "NCHW", "unit", "48 pixels high, any width", { width: null, height: 48 }],
    [[null, null, 96, 3], "NHWC", "unit", "96 pixels wide, any height", { width: 96, height: null }],
  ] as const)("%j %s keeps its fixed side, and the other follows the picture", (dims, layout, preset, because, size) => {
    const input = pictureInput(info(dims, layout));
    expect(guessPreset(input)).toEqual({ preset, because });
    const preprocessing = resolvePreprocessing({ preset, ...fittedTo(input) });
    expect(preprocessing.size).toEqual(size);
    expect(guessedValues(input, {}, preprocessing)).toEqual(["size", ...(preset === "grey" ? [] : ["channels"]), "scale", "mean", "std"]);
    expect(fittedTo(input, { width: 320, height: 320 }).size).toEqual({ width: size.width ?? 320, height: size.height ?? 320 });
  });

  it("takes height before width", () => {
    expect(pictureInput(info([null, 3, 48, 64], "NCHW")).size).toEqual({ width: 64, height: 48 });
    expect(pictureInput(info([null, 48, 64, 3], "NHWC")).size).toEqual({ width: 64, height: 48 });
  });

  it("lets the layout be said", () => {
    expect(pictureInput(info([null, 5, 8, 3], null), "NHWC")).toEqual({ layout: "NHWC", channels: 3, size: { width: 8, height: 5 } });
  });

  it("refuses inputs that take no pictures", () => {
    expect(() => pictureInput(info([null, 4], null))).toThrow("not those of pictures");
    expect(() => pictureInput(info([null, 5, 8, 9], null))).toThrow("--layout");
    expect(() => guessPreset(pictureInput(info([null, 4, 8, 8], "NCHW")))).toThrow("4 channels");
  });
});
