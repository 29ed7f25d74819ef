import { XDeepError, isXDeepError } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { resolvePreprocessing } from "@xdeep/image";
import { integrated } from "@xdeep/integrated";
import { beyondLimit, writeModel } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";
import { smooth } from "@xdeep/smooth";
import { describe, expect, it } from "vitest";

import { detectorModel, foreignModel, tableModel, tokenModel } from "../test/models.ts";
import { inCliWords } from "./cli-words.ts";

const x = { type: "float32", dims: [1, 4], data: new Float32Array(4) } as const;

async function model(proto: Parameters<typeof writeModel>[0] = tableModel()): ReturnType<typeof loadModel> {
  return loadModel(writeModel(proto));
}

/** What the libraries throw, by what the command line is to say. */
const THROWN: readonly (readonly [said: string, action: () => unknown])[] = [
  ["--mean", () => resolvePreprocessing({ preset: "imagenet", mean: [1, 2] })],
  ["--crop-fraction", () => resolvePreprocessing({ preset: "imagenet", cropFraction: 2 })],
  ["lacks --channels", () => resolvePreprocessing({ resize: "crop" })],
  ["--steps", async () => integrated(new Backprop(await model()), { n: 0 })],
  ["--quadrature must be", async () => integrated(new Backprop(await model()), { tolerance: 1, quadrature: "left" })],
  ["--samples", async () => smooth(new Backprop(await model()), { n: 0 })],
  ["--noise-std must be", async () => smooth(new Backprop(await model()), { std: -1 })],
  ["Give --noise-std", async () => smooth(new Backprop(await model())).explain(x, { target: 0 })],
  ["by --wrt", async () => (await model(tokenModel())).vjp({ feeds: { tokens: { type: "int64", dims: [1, 2], data: new BigInt64Array(2) } }, target: 0 })],
  ["--target i0,i1 as numbers", async () => (await model(detectorModel("anchors first"))).vjp({ feeds: { x }, target: 3 })],
  ["Target 9,9 is outside", async () => (await model(detectorModel("anchors first"))).vjp({ feeds: { x }, target: { index: [9, 9] } })],
  ["--output and --wrt", async () => model(foreignModel())],
  ["--limit nodes=N", () => Promise.reject(beyondLimit("nodes", 5, "9 nodes", "The model"))],
  ["--limit nodes is", async () => loadModel(writeModel(tableModel()), { limits: { nodes: -1 } })],
  ["--shared names", async () => loadModel(writeModel(tableModel()), { shared: ["state"] })],
];

describe("errors speak of flags", () => {
  it.each(THROWN)("%s", async (said, action) => {
    const error: unknown = await Promise.resolve()
      .then(action)
      .then(
        () => null,
        (thrown: unknown) => thrown,
      );
    if (!isXDeepError(error)) throw new Error(`nothing of ours was thrown but ${String(error)}`);
    const message = inCliWords(error);
    expect(message).toContain(said);
    expect(message).not.toMatch(/`|options\.|useGpu|inputDims|\{ |limits\./);
  });

  it("where they name an engine's device", () => {
    const error = new XDeepError("GPU_UNAVAILABLE", "No GPU can be used. Leave useGpu out to run on the CPU.");
    expect(inCliWords(error)).toBe("No GPU can be used. Leave --gpu out to run on the CPU.");
  });
});
