import { readFile, readdir, stat } from "node:fs/promises";
import type { Attribution, Explainer, FloatTensor, Model } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { tensorFromImages } from "@xdeep/image";
import { integrated } from "@xdeep/integrated";
import { loadModelFile } from "@xdeep/onnx";
import { loadModel as loadOnnx } from "@xdeep/onnxruntime";
import { smooth } from "@xdeep/smooth";
import { loadModel as loadTfjs } from "@xdeep/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { heldOutScenes } from "./study/explain-scenes.ts";
import { toLayersModel } from "./models/layers-model.ts";
import { SCENE_SIZE, type Scene } from "./scenes/scene.ts";
import { transpose } from "./models/transpose.ts";

const onnxFile = new URL("../model/shapes.onnx", import.meta.url);
const folder = new URL("../model/shapes-tfjs/", import.meta.url);

describe("shapes-tfjs", () => {
  it("is what shapes.onnx becomes, byte for byte", async () => {
    const { model } = await loadModelFile(onnxFile);
    const files = toLayersModel(model, "shapes");
    expect(Object.keys(files).toSorted()).toEqual((await readdir(folder)).toSorted());
    for (const [name, bytes] of Object.entries(files)) expect(Buffer.compare(bytes, await readFile(new URL(name, folder))), name).toBe(0);
  });

  it("is smaller than 300 KB", async () => {
    const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(new URL(name, folder))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000);
  });
});

const LOADERS: Readonly<Record<string, () => Promise<Model>>> = {
  "onnxruntime-node": () => loadOnnx(onnxFile, { engine: "onnxruntime-node", intraOpNumThreads: 1 }),
  "onnxruntime-web": () => loadOnnx(onnxFile, { engine: "onnxruntime-web" }),
  "tfjs cpu": () => loadTfjs(new URL("model.json", folder), { engine: "cpu" }),
  "tfjs wasm": () => loadTfjs(new URL("model.json", folder), { engine: "wasm" }),
};

const METHODS: Readonly<Record<string, (model: Model) => Explainer>> = {
  vanilla: (model) => new Backprop(model),
  guided: (model) => new Backprop(model, { guided: true }),
  integrated: (model) => integrated(new Backprop(model), { n: 3 }),
  smooth: (model) => smooth(new Backprop(model), { n: 2, seed: 3 }),
};

/** In milliseconds, on a busy machine: nearly all of it is the cpu engine of TensorFlow.js. */
const TIMEOUT = 180_000;

describe("the same network on four engines", () => {
  const models: Model[] = [];
  beforeAll(async () => {
    for (const load of Object.values(LOADERS)) models.push(await load());
  });
  afterAll(() => Promise.all(models.map((model) => model.dispose())));

  it("runs on the engines that are meant", () => {
    const versionsOff = models.map(({ engine }) => engine.replace(/ \d+\.\d+\.\d+/, ""));
    expect(versionsOff).toEqual(["onnxruntime-node (cpu)", "onnxruntime-web (cpu)", "tfjs-core (cpu)", "tfjs-core (wasm)"]);
  });

  it.each(Object.keys(METHODS))(
    "agrees on %s within 1e-5 of the largest value",
    async (method) => {
      const scene = heldOutScenes(Object.keys(METHODS).length)[Object.keys(METHODS).indexOf(method)]!;
      const results: Attribution[] = [];
      for (const model of models) results.push(await explain(METHODS[method]!(model), scene));
      for (const { target } of results) expect(target).toEqual([scene.label]);
      expect(relativeSpread(results.map(({ scores }) => scores))).toBeLessThan(1e-5);
      expect(relativeSpread(results.map(({ values }) => channelsFirst(values)))).toBeLessThan(1e-5);
    },
    TIMEOUT,
  );
});

function explain(explainer: Explainer, scene: Scene): Promise<Attribution> {
  const { layout } = explainer.model.inputs[0]!;
  return explainer.explain(tensorFromImages([scene.image], { preset: "unit", size: SCENE_SIZE, layout: layout === "NHWC" ? "NHWC" : "NCHW" }));
}

/** The numbers in the order [N, channel, y, x]. */
function channelsFirst(values: FloatTensor): Float32Array {
  return (values.dims[1] === 3 ? values : transpose(values, [0, 3, 1, 2])).data;
}

/** The widest gap between any two lists, at any place, as a share of the largest magnitude in them. */
function relativeSpread(lists: readonly Float32Array[]): number {
  let [gap, largest] = [0, 0];
  for (let at = 0; at < lists[0]!.length; at++) {
    const here = lists.map((list) => list[at]!);
    gap = Math.max(gap, Math.max(...here) - Math.min(...here));
    largest = Math.max(largest, ...here.map(Math.abs));
  }
  return gap / largest;
}
