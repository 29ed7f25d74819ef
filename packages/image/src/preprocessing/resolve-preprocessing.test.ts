import { describe, expect, it } from "vitest";
import { PRESETS, type PresetName } from "./preprocessing.ts";
import { resolvePreprocessing } from "./resolve-preprocessing.ts";

describe("resolvePreprocessing", () => {
  it.each(Object.keys(PRESETS) as PresetName[])("takes %s by name, and its values as they come out of JSON", (name) => {
    expect(resolvePreprocessing(name)).toEqual(PRESETS[name]);
    expect(resolvePreprocessing(JSON.parse(JSON.stringify(PRESETS[name])))).toEqual(PRESETS[name]);
  });

  it("changes what is given and keeps the rest", () => {
    const resolved = resolvePreprocessing({ preset: "imagenet", size: 299, layout: "NHWC", mean: 0.5 });
    expect(resolved).toEqual({ ...PRESETS.imagenet, size: { width: 299, height: 299 }, layout: "NHWC", mean: [0.5, 0.5, 0.5] });
  });

  it("moves the preset's constants with the channels", () => {
    expect(resolvePreprocessing({ preset: "caffe", channels: "rgb" }).mean).toEqual([123, 117, 104]);
    expect(resolvePreprocessing({ preset: "imagenet", channels: "bgr" }).std).toEqual([0.225, 0.224, 0.229]);
    expect(resolvePreprocessing({ preset: "caffe", channels: "rgb", mean: [1, 2, 3] }).mean).toEqual([1, 2, 3]);
    expect(resolvePreprocessing({ preset: "tf", channels: "grey" }).mean).toEqual([1]);
    expect(resolvePreprocessing({ preset: "grey", channels: "rgb" }).std).toEqual([1, 1, 1]);
    expect(() => resolvePreprocessing({ preset: "imagenet", channels: "grey" })).toThrow(/give "mean" as one number/);
  });

  it.each([
    ["imagnet", /"imagnet".*"imagenet"/],
    [{ preset: "toString" }, /No preset/],
    [{ preset: "tf", sizes: 3 }, /no option "sizes"/],
    [{ size: 224 }, /lacks "channels".*preset/],
    [{ preset: "tf", size: 0 }, /"size"/],
    [{ preset: "tf", size: { width: 3 } }, /"size"/],
    [{ preset: "tf", size: 1e6 }, /"size"/],
    [{ preset: "tf", size: { width: null, height: null } }, /one of which may be null/],
    [{ preset: "tf", resize: "fit" }, /"resize" is one of .*"letterbox"/],
    [{ preset: "tf", cropFraction: 1.1 }, /"cropFraction"/],
    [{ preset: "tf", background: [0, 0] }, /"background"/],
    [{ preset: "tf", layout: "NWHC" }, /"layout"/],
    [{ preset: "tf", scale: 0 }, /"scale"/],
    [{ preset: "tf", mean: [1, 2] }, /"mean" is a number, or one per channel \(3 here\)/],
    [{ preset: "tf", mean: Number.NaN }, /"mean"/],
    [{ preset: "tf", std: [1, 0, 1] }, /"std"/],
  ])("refuses %j", (options, message) => {
    expect(() => resolvePreprocessing(options as never)).toThrow(expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringMatching(message) }));
  });

  it("throws a TypeError for what is no object", () => {
    expect(() => resolvePreprocessing(undefined as never)).toThrow(TypeError);
    expect(() => resolvePreprocessing(null as never)).toThrow(TypeError);
  });
});
