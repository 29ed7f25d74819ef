import { float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";
import { divergingScale, sequentialScale } from "./color-map.ts";
import { renderDiverging, renderHeatMap } from "./render-heat-map.ts";

const pixel = ({ data }: { data: ArrayLike<number> }, at: number): number[] => [data[at * 3]!, data[at * 3 + 1]!, data[at * 3 + 2]!];
const ramp = float32([1, 1, 1, 5], [0, 1, 2, 3, 4]);

describe("renderHeatMap", () => {
  it("colours values in proportion", () => {
    const heatMap = renderHeatMap(ramp, { percentile: 100 });
    expect([heatMap.width, heatMap.height]).toEqual([5, 1]);
    const inferno = sequentialScale("inferno");
    [0, 0.25, 0.5, 0.75, 1].forEach((position, at) => expect(pixel(heatMap, at)).toEqual(inferno(position)));
  });

  it("hides the sign and the scale", () => {
    const negative = float32([1, 1, 1, 5], [0, -3, -6, -9, -12]);
    expect(renderHeatMap(negative)).toEqual(renderHeatMap(ramp));
    expect(renderHeatMap(negative, { reduce: undefined })).toEqual(renderHeatMap(ramp));
  });

  it("clips outliers, so that the rest stays visible", () => {
    const values = Float32Array.from({ length: 1000 }, (_, at) => (at === 0 ? 1e6 : at % 10));
    const clipped = renderHeatMap(float32([1, 1, 1, 1000], values));
    const whole = renderHeatMap(float32([1, 1, 1, 1000], values), { percentile: 100 });
    expect(pixel(clipped, 9)).toEqual(sequentialScale("inferno")(1));
    expect(pixel(whole, 9)).toEqual(sequentialScale("inferno")(0));
  });

  it("enlarges small maps smoothly, or as squares", () => {
    const small = float32([1, 1, 1, 2], [0, 1]);
    const size = { width: 4, height: 2 };
    const grey = (interpolation: "linear" | "nearest"): number[] =>
      [0, 1, 2, 3].map((at) => pixel(renderHeatMap(small, { size, interpolation, colorMap: "grey", percentile: 100 }), at)[0]!);
    expect(grey("linear")).toEqual([0, 64, 191, 255]);
    expect(grey("nearest")).toEqual([0, 0, 255, 255]);
  });

  it.each([0, 2.5, -1])("draws a map that is %s everywhere in the colour of nothing", (value) => {
    const { data } = renderHeatMap(float32([1, 3, 4, 4], new Float32Array(48).fill(value)));
    expect(new Set(Array.from({ length: 16 }, (_, at) => String(pixel({ data }, at))))).toEqual(new Set([String(sequentialScale("inferno")(0))]));
  });

  it("refuses NaN rather than drawing it", () => {
    expect(() => renderHeatMap(float32([1, 1, 1, 2], [0, Number.NaN]))).toThrow(expect.objectContaining({ code: "RESULT_NOT_FINITE" }));
  });
});

describe("renderDiverging", () => {
  const signed = float32([1, 1, 1, 5], [-4, -2, 0, 2, 4]);

  it("puts zero in the middle of the colours", () => {
    const picture = renderDiverging(signed, { percentile: 100 });
    const scale = divergingScale("RdBu");
    [0, 0.25, 0.5, 0.75, 1].forEach((position, at) => expect(pixel(picture, at)).toEqual(scale(position)));
    expect(pixel(renderDiverging(float32([1, 1, 1, 3], [0, 1, 100])), 0)).toEqual(scale(0.5));
  });

  it("exchanges the colours when the sign changes", () => {
    const values = Float32Array.from({ length: 64 }, (_, at) => Math.sin(at * at));
    const picture = renderDiverging(float32([1, 1, 8, 8], values));
    const mirrored = renderDiverging(
      float32(
        [1, 1, 8, 8],
        values.map((value) => -value),
      ),
      {
        colorMap: (position) => `rgb(${divergingScale("RdBu")(1 - position).join(",")})`,
      },
    );
    expect(mirrored).toEqual(picture);
  });

  it("smooths before it scales, so that scattered signs cancel", () => {
    const speckled = float32(
      [40, 40],
      Float32Array.from({ length: 1600 }, (_, pixel) => (pixel % 40 < 20 ? 1 : ((pixel % 2) + (Math.floor(pixel / 40) % 2)) % 2 === 0 ? 1 : -1)),
    );
    const { data } = renderDiverging(speckled, { blur: 2 });
    const redAndBlue = (x: number, y: number): number => data[(y * 40 + x) * 3]! - data[(y * 40 + x) * 3 + 2]!;
    expect(redAndBlue(5, 20)).toBeGreaterThan(60);
    expect(Math.abs(redAndBlue(33, 20))).toBeLessThan(10);
    expect(() => renderDiverging(speckled, { blur: -1 })).toThrow(/blur/);
  });

  it("sums channels with their signs", () => {
    const cancelling = float32([1, 2, 1, 2], [5, 1, -5, 1]);
    expect(pixel(renderDiverging(cancelling), 0)).toEqual(divergingScale("RdBu")(0.5));
  });

  it.each([0, 7, -7])("draws a map that is %s everywhere as neutral", (value) => {
    const picture = renderDiverging(float32([1, 1, 2, 2], new Float32Array(4).fill(value)));
    expect(pixel(picture, 3)).toEqual(divergingScale("RdBu")(0.5));
  });
});
