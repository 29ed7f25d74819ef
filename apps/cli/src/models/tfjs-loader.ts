import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";

import { XDeepError } from "@xdeep/core";

import { hashBytes, hashFile } from "../inputs/hashed-file.ts";
import type { ModelLoader } from "./model-loader.ts";

/** The parts of a model.json that tell it from other files, and name its weights. */
interface ModelJson {
  readonly modelTopology?: unknown;
  readonly weightsManifest?: readonly { readonly paths: readonly string[] }[];
}

/** The model.json of TensorFlow.js, run by any of its engines. */
export const tfjsLoader: ModelLoader = {
  name: "tfjs",
  kind: "TensorFlow.js",
  engines: ["wasm", "cpu", "tfjs-node", "tfjs-node-gpu"],
  takes: ["engine", "gpu", "shared", "weights"],
  accepts: (path) => /\.json$/i.test(path),
  load: async (path, { engine, gpu, shared, weights }) => {
    const { loadModel } = await importTfjs();
    const model = await quietly(() => loadModel(path, { engine, useGpu: gpu, shared, weights }));
    const bytes = await readFile(path);
    const { weightsManifest = [] } = JSON.parse(bytes.toString()) as ModelJson;
    const names = weightsManifest.flatMap(({ paths }) => paths);
    return {
      model,
      file: hashBytes(bytes, basename(path)),
      weightFiles: await Promise.all(names.map((name) => hashFile(resolve(dirname(path), name), name))),
    };
  },
};

/** TensorFlow.js warns of shapes that it then corrects, and recommends itself; that would stand between our lines. What is wrong, it throws. */
async function quietly<T>(load: () => Promise<T>): Promise<T> {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return await load();
  } finally {
    console.warn = warn;
  }
}

/** Whether a .json file is a model of TensorFlow.js, and not the numbers of an input. */
export async function isTfjsModel(path: string): Promise<boolean> {
  if (!/\.json$/i.test(path)) return false;
  try {
    const json = JSON.parse(await readFile(path, "utf8")) as ModelJson | null;
    return typeof json?.modelTopology === "object" && json.modelTopology !== null;
  } catch {
    return false;
  }
}

/**
 * The backend, an optional dependency: who explains ONNX files alone does without TensorFlow.js.
 *
 * @throws {XDeepError} ENGINE_MISSING
 */
export async function importTfjs(): Promise<typeof import("@xdeep/tfjs")> {
  return import("@xdeep/tfjs").catch((cause: unknown) => {
    throw new XDeepError(
      "ENGINE_MISSING",
      "A .json file is a TensorFlow.js model, and those need more packages. Install them beside @xdeep/cli: " +
        "npm install @xdeep/tfjs @tensorflow/tfjs-core @tensorflow/tfjs-layers @tensorflow/tfjs-converter @tensorflow/tfjs-backend-wasm",
      { details: { package: "@xdeep/tfjs" }, cause },
    );
  });
}
