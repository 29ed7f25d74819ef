import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { externalDataFiles, readModel } from "@xdeep/onnx";
import { type EngineName, loadModel } from "@xdeep/onnxruntime";

import type { ModelLoader } from "./model-loader.ts";

/** Warnings of ONNX Runtime are for those who write engines; they would stand between our lines. */
const ONLY_ERRORS = 3;

/** ONNX files, run by ONNX Runtime. */
export const onnxLoader: ModelLoader = {
  kind: "ONNX",
  engines: ["onnxruntime-node", "onnxruntime-web"] satisfies readonly EngineName[],
  accepts: () => true,
  load: (path, { engine, gpu }) => loadModel(path, { engine: engine as EngineName | undefined, useGpu: gpu, logSeverityLevel: ONLY_ERRORS }),
  weightFiles: async (path) => {
    const folder = dirname(resolve(path));
    return Object.fromEntries(externalDataFiles(readModel(await readFile(path))).map((name) => [name, resolve(folder, name)]));
  },
};
