import { float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";
import { renderGradient } from "./render-gradient.ts";

describe("renderGradient", () => {
  it("puts zero at mid-grey and both signs on one scale", () => {
    const gradient = float32([1, 3, 1, 2], [1, 0, -1, 0, 0.5, 0]);
    expect([...renderGradient(gradient, { percentile: 100 }).data]).toEqual([255, 1, 192, 128, 128, 128]);
  });

  it("orders the channels of BGR models as colours", () => {
    const gradient = float32([1, 3, 1, 2], [1, 0, -1, 0, 0.5, 0]);
    expect([...renderGradient(gradient, { percentile: 100, channels: "bgr" }).data.subarray(0, 3)]).toEqual([192, 1, 255]);
  });

  it("reads both layouts, and shows one channel as grey", () => {
    const planes = float32(
      [3, 2, 4],
      Float32Array.from({ length: 24 }, (_, at) => Math.cos(at)),
    );
    const interleaved = float32(
      [2, 4, 3],
      Float32Array.from({ length: 24 }, (_, at) => Math.cos((at % 3) * 8 + Math.floor(at / 3))),
    );
    expect(renderGradient(interleaved)).toEqual(renderGradient(planes));
    expect([...renderGradient(float32([1, 1, 1, 2], [0, 2])).data]).toEqual([128, 128, 128, 255, 255, 255]);
  });

  it.each([0, 4])("is mid-grey where the attribution is %s everywhere", (value) => {
    expect(new Set(renderGradient(float32([1, 3, 2, 2], new Float32Array(12).fill(value))).data)).toEqual(new Set([128]));
  });

  it("refuses other numbers of channels, and NaN", () => {
    expect(() => renderGradient(float32([1, 4, 2, 2]))).toThrow(expect.objectContaining({ code: "INPUT_SHAPE" }));
    expect(() => renderGradient(float32([1, 1, 1, 1], [Number.NaN]))).toThrow(expect.objectContaining({ code: "RESULT_NOT_FINITE" }));
  });
});
