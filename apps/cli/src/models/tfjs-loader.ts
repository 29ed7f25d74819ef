import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { XDeepError } from "@xdeep/core";

import type { ModelLoader } from "./model-loader.ts";

/** The part of a model.json that names its weights. */
interface ModelJson {
  readonly weightsManifest?: readonly { readonly paths: readonly string[] }[];
}

/** The model.json of TensorFlow.js, run by any of its engines. */
export const tfjsLoader: ModelLoader = {
  kind: "TensorFlow.js",
  engines: ["wasm", "cpu", "tfjs-node", "tfjs-node-gpu"],
  accepts: (path) => /\.json$/i.test(path),
  load: async (path, { engine, gpu }) => (await importBackend()).loadModel(path, { engine, useGpu: gpu }),
  weightFiles: async (path) => {
    const { weightsManifest = [] } = JSON.parse(await readFile(path, "utf8")) as ModelJson;
    const folder = dirname(resolve(path));
    return Object.fromEntries(weightsManifest.flatMap(({ paths }) => paths.map((name) => [name, resolve(folder, name)])));
  },
};

/** The backend is an optional dependency: who explains ONNX files alone does without TensorFlow.js. */
async function importBackend(): Promise<typeof import("@xdeep/tfjs")> {
  return import("@xdeep/tfjs").catch((cause: unknown) => {
    throw new XDeepError(
      "ENGINE_MISSING",
      "A .json file is a TensorFlow.js model, and those need more packages. Install them beside @xdeep/cli: " +
        "npm install @xdeep/tfjs @tensorflow/tfjs-core @tensorflow/tfjs-layers @tensorflow/tfjs-converter @tensorflow/tfjs-backend-wasm",
      { details: { package: "@xdeep/tfjs" }, cause },
    );
  });
}
