import { basename } from "node:path";

import { type Model, XDeepError } from "@xdeep/core";

import { type HashedFile, hashFile } from "../inputs/hashed-file.ts";
import type { ModelLoader } from "./model-loader.ts";
import { onnxLoader } from "./onnx-loader.ts";
import { tfjsLoader } from "./tfjs-loader.ts";

const LOADERS: readonly ModelLoader[] = [tfjsLoader, onnxLoader];

/** Engines of every kind of model. */
export const ENGINES: readonly string[] = LOADERS.flatMap(({ engines }) => engines);

export interface LoadAnyModelOptions {
  readonly engine?: string | undefined;
  readonly gpu: boolean;
}

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
 * @throws {XDeepError} as `loadModel` of the backend; MODEL_NOT_FOUND for a URL; OPTION_INVALID for an engine of another kind of model
 */
export async function loadAnyModel(path: string, { engine, gpu }: LoadAnyModelOptions): Promise<LoadedModel> {
  if (/^[a-z]+:\/\//i.test(path)) throw new XDeepError("MODEL_NOT_FOUND", `"${path}" is a URL. Download the model and pass its path.`, { details: { path } });
  const loader = LOADERS.find(({ accepts }) => accepts(path)) ?? onnxLoader;
  if (engine !== undefined && !loader.engines.includes(engine)) {
    throw new XDeepError("OPTION_INVALID", `${loader.kind} models run on ${loader.engines.join(", ")}, not on --engine ${engine}.`, {
      details: { engine, engines: loader.engines },
    });
  }
  const model = await loader.load(path, { engine: engine ?? (gpu ? undefined : loader.engines[0]), gpu });
  const weights = Object.entries(await loader.weightFiles(path));
  return { model, file: await hashFile(path, basename(path)), weightFiles: await Promise.all(weights.map(([name, file]) => hashFile(file, name))) };
}
