import type { Model } from "@xdeep/core";

import { importError } from "./engine/import-package.ts";
import type { ModelSource } from "./networks/open-network.ts";
import type { LoadOptions } from "./options.ts";

/**
 * Loads a TensorFlow.js model so that it can be explained: the path, URL or bytes (also a Blob, File, Response or stream) of a model.json, a
 * LayersModel, a GraphModel, or a synchronous function of tensors. An object that is passed stays the caller's; `dispose` frees only what loading made. The model runs once, forward and
 * back, on a row of zeros, so that whatever cannot be differentiated is known now.
 *
 * @throws {XDeepError} ENGINE_MISSING, ENGINE_FAILED, GPU_UNAVAILABLE, OPTION_INVALID; MODEL_NOT_FOUND, MODEL_INVALID, MODEL_UNSUPPORTED,
 *   EXTERNAL_DATA_MISSING; GRADIENT_MISSING, naming every kernel without a gradient
 */
export async function loadModel(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  const { load } = await import("./model/load.ts").catch((cause: unknown) => {
    throw importError("@tensorflow/tfjs-core", cause);
  });
  return load(source, options);
}
