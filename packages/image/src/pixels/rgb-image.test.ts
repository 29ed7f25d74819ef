import { describe, expect, it } from "vitest";
import { checkRgbImage, rgbFromRgba, rgbaFromRgb } from "./rgb-image.ts";

describe("rgbFromRgba", () => {
  it("blends transparent pixels with the background", () => {
    const rgba = { width: 3, height: 1, data: Uint8Array.of(200, 100, 0, 255, 200, 100, 0, 0, 200, 100, 0, 51) };
    expect([...rgbFromRgba(rgba).data]).toEqual([200, 100, 0, 255, 255, 255, 244, 224, 204]);
    expect([...rgbFromRgba(rgba, [0, 0, 0]).data]).toEqual([200, 100, 0, 0, 0, 0, 40, 20, 0]);
  });

  it("is undone by rgbaFromRgb where pixels are opaque", () => {
    const image = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const data = rgbaFromRgb(image);
    expect([...data]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
    expect([...rgbFromRgba({ width: 2, height: 1, data }).data]).toEqual([...image.data]);
  });

  it("refuses data of another length", () => {
    expect(() => rgbFromRgba({ width: 2, height: 1, data: new Uint8Array(6) })).toThrow(/need 8 bytes, got 6/);
  });
});

describe("checkRgbImage", () => {
  it("names RGBA pixels for what they are", () => {
    expect(() => checkRgbImage({ width: 2, height: 2, data: new Uint8Array(16) })).toThrow(/RGBA.*rgbFromRgba/);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses a side of %s", (width) => {
    expect(() => checkRgbImage({ width, height: 1, data: new Uint8Array(3) })).toThrow(expect.objectContaining({ code: "IMAGE_INVALID" }));
  });
});
