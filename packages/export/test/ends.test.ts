import { type Tensor, float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { gradCam } from "@xdeep/layers";
import { readModel } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";
import { afterAll, expect, it } from "vitest";

import { type PixelInput, checkPortable, exportExplainer } from "../src/index.ts";
import { convNet, numbers } from "./networks.ts";
import { relativeError, runFile } from "./run-file.ts";

const model = await loadModel(convNet());
const explainer = integrated(new Backprop(model), { n: 4 });
afterAll(() => model.dispose());

const ROWS = 3;
/** Red, green, blue for every place of pictures [3, 8, 8, 3]. */
const LEVELS = Array.from(numbers(60, ROWS * 192), (value) => Math.min(255, Math.max(0, Math.round(128 + 60 * value))));

/** What the model takes for these levels, [N, C, H, W]. */
function prepared(
  order: readonly number[],
  { scale = 1, mean = [0, 0, 0], std = [1, 1, 1] }: { readonly scale?: number; readonly mean?: readonly number[]; readonly std?: readonly number[] },
): Tensor {
  const data = Float32Array.from({ length: LEVELS.length }, (_, i) => {
    const [row, channel, place] = [Math.floor(i / 192), Math.floor(i / 64) % 3, i % 64];
    return (LEVELS[row * 192 + place * 3 + order[channel]!]! * scale - mean[channel]!) / std[channel]!;
  });
  return float32([ROWS, 3, 8, 8], data);
}

it.each<[string, PixelInput, Tensor]>([
  [
    "int32, as ImageNet has them",
    { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    prepared([0, 1, 2], { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }),
  ],
  ["uint8, as Caffe has them", { type: "uint8", channels: "bgr", mean: [104, 117, 123] }, prepared([2, 1, 0], { mean: [104, 117, 123] })],
])("takes raw pixels: %s", async (_, pixels, input) => {
  const bytes = await exportExplainer(model, explainer.method, { pixels });
  expect(checkPortable(bytes).filter(({ severity }) => severity === "error")).toEqual([]);
  expect(readModel(bytes).graph!.input.map(({ name }) => name)).toEqual(["pixels"]);
  const data = pixels.type === "uint8" ? Uint8Array.from(LEVELS) : Int32Array.from(LEVELS);
  const found = await runFile(bytes, { pixels: { type: pixels.type ?? "int32", dims: [ROWS, 8, 8, 3], data } as Tensor });
  const expected = await explainer.explain(input);
  expect(relativeError(found["attribution"]!.data as Float32Array, expected.values.data)).toBeLessThan(1e-5);
  expect(
    relativeError(
      found["probabilities"]!.data as Float32Array,
      (await model.forward({ feeds: { image: input } })).outputs["probabilities"]!.data as Float32Array,
    ),
  ).toBeLessThan(1e-5);
});

it("gives a heat map from 0 to 255 in every row", async () => {
  const image = prepared([0, 1, 2], { scale: 1 / 255 });
  const found = await runFile(await exportExplainer(model, explainer.method, { heatMap: true }), { image });
  const map = found["heat_map"]!;
  expect([map.type, [...map.dims]]).toEqual(["uint8", [ROWS, 8, 8]]);
  const { data } = (await explainer.explain(image)).values;
  for (let row = 0; row < ROWS; row++) {
    const sums = Array.from({ length: 64 }, (_, place) => [0, 1, 2].reduce((sum, channel) => sum + Math.abs(data[row * 192 + channel * 64 + place]!), 0));
    const most = Math.max(...sums);
    const levels = [...(map.data as Uint8Array).subarray(row * 64, (row + 1) * 64)];
    expect(Math.max(...levels)).toBe(255);
    sums.forEach((sum, place) => expect(Math.abs(levels[place]! - (255 * sum) / most)).toBeLessThanOrEqual(0.51));
  }
});

it("leaves a heat map of nothing at zero", async () => {
  const found = await runFile(await exportExplainer(model, { name: "guided-grad-cam", parameters: {} }, { heatMap: { reduce: "positive" } }), {
    image: float32([1, 3, 8, 8], new Float32Array(192)),
  });
  expect(Math.max(...(found["heat_map"]!.data as Uint8Array))).toBe(0);
});

it("draws maps of layers in their own size", async () => {
  const found = await runFile(await exportExplainer(model, gradCam(model).method, { heatMap: { reduce: "maxAbs" } }), {
    image: prepared([0, 1, 2], { scale: 1 / 255 }),
  });
  expect([...found["heat_map"]!.dims]).toEqual([ROWS, ...found["attribution"]!.dims.slice(2)]);
});

it("refuses pixels for what is no picture", async () => {
  await expect(exportExplainer(model, explainer.method, { pixels: { channels: "grey" } })).rejects.toMatchObject({
    code: "OPTION_INVALID",
    message: expect.stringContaining("1 channel") as string,
  });
  await expect(exportExplainer(model, explainer.method, { pixels: { input: "h1" } })).rejects.toMatchObject({
    code: "OPTION_INVALID",
    message: expect.stringContaining('"image"') as string,
  });
  await expect(exportExplainer(model, explainer.method, { heatMap: { reduce: "norm" as never } })).rejects.toMatchObject({ code: "OPTION_INVALID" });
});
