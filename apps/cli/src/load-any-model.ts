import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";

import { type Model, XDeepError } from "@xdeep/core";
import { externalDataFiles, readModel } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";

import { type HashedFile, hashFile } from "./hashed-file.ts";

/** Engines that can be asked for by name. */
export const ENGINES = ["onnxruntime-node", "onnxruntime-web"] as const;
export type EngineChoice = (typeof ENGINES)[number];

export interface LoadAnyModelOptions {
  readonly engine?: EngineChoice | undefined;
  readonly gpu: boolean;
}

/** Warnings of ONNX Runtime are for those who write engines; they would be between our lines. */
const ONLY_ERRORS = 3;

/** A model that can be explained, and the files it came from. */
export interface LoadedModel {
  readonly model: Model;
  readonly file: HashedFile;
  /** Files beside it that hold its weights. */
  readonly weightFiles: readonly HashedFile[];
}

/**
 * Loads a model file with the backend that its kind needs.
 *
 * @throws {XDeepError} as `loadModel` of the backend; MODEL_NOT_FOUND for a URL
 */
export async function loadAnyModel(path: string, { engine, gpu }: LoadAnyModelOptions): Promise<LoadedModel> {
  if (/^[a-z]+:\/\//i.test(path)) throw new XDeepError("MODEL_NOT_FOUND", `"${path}" is a URL. Download the model and pass its path.`, { details: { path } });
  const model = await loadModel(path, { engine, useGpu: gpu, logSeverityLevel: ONLY_ERRORS });
  const bytes = await readFile(path);
  const folder = dirname(resolve(path));
  const weightFiles = await Promise.all(externalDataFiles(readModel(bytes)).map((name) => hashFile(resolve(folder, name), name)));
  return { model, file: { file: basename(path), sha256: createHash("sha256").update(bytes).digest("hex") }, weightFiles };
}
