import { basename, dirname, relative } from "node:path";

import type { EngineName } from "@xdeep/onnxruntime";

import { hashBytes, hashFile } from "../inputs/hashed-file.ts";
import type { ModelLoader } from "./model-loader.ts";

/** Warnings of ONNX Runtime are for those who write engines; they would stand between our lines. */
const ONLY_ERRORS = 3;

/** ONNX files, run by ONNX Runtime. The backend, with its rules for every operator, is loaded with the first model. */
export const onnxLoader: ModelLoader = {
  name: "onnxruntime",
  kind: "ONNX",
  engines: ["onnxruntime-node", "onnxruntime-web"] satisfies readonly EngineName[],
  takes: ["engine", "gpu", "threads", "inputDims", "shared", "limit", "cache", "weights"],
  accepts: () => true,
  load: async (path, { engine, gpu, threads, inputDims, shared, limit, cache, weights }) => {
    const [{ loadModelFile }, { loadModel }] = await Promise.all([import("@xdeep/onnx"), import("@xdeep/onnxruntime")]);
    const file = await loadModelFile(path);
    const model = await loadModel(file.model, {
      engine: engine as EngineName | undefined,
      useGpu: gpu,
      inputDims,
      shared,
      limits: limit,
      cache,
      weights,
      logSeverityLevel: ONLY_ERRORS,
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    });
    const folder = dirname(file.path);
    const weightFiles = await Promise.all(file.externalFiles.map((external) => hashFile(external, relative(folder, external))));
    return { model, file: hashBytes(file.bytes, basename(path)), weightFiles };
  },
};
