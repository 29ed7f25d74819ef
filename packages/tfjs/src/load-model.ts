import type { Model } from "@xdeep/core";

import type { EngineName } from "./engine/engine-packages.ts";
import type { FunctionValue } from "./networks/function-network.ts";
import { importError } from "./engine/import-package.ts";
import type { ModelSource } from "./networks/open-network.ts";

export interface LoadOptions {
  /** The engine to run on: loaded by name in Node, registered beforehand in a browser. Default: the one that is set in TensorFlow.js. */
  readonly engine?: EngineName | undefined;
  /** Run on a GPU or reject: tfjs-node-gpu in Node, WebGPU or WebGL in a browser, unless `engine` names another. Default false. */
  readonly useGpu?: boolean | undefined;
  /** For a function: its inputs in the order of its parameters. */
  readonly inputs?: readonly FunctionValue[] | undefined;
  /** Inputs that have no batch axis in front, such as tables or states: they are passed whole to every run. Default: scalars, and inputs whose leading size is fixed beside others that are open. */
  readonly shared?: readonly string[] | undefined;
  /** For a function: its outputs in the order in which it returns them. */
  readonly outputs?: readonly FunctionValue[] | undefined;
}

/**
 * Loads a TensorFlow.js model so that it can be explained: the path or URL of a model.json, a LayersModel, a GraphModel, or a synchronous
 * function of tensors. An object that is passed stays the caller's; `dispose` frees only what loading made. The model runs once, forward and
 * back, on a row of zeros, so that whatever cannot be differentiated is known now.
 *
 * @throws {XDeepError} ENGINE_MISSING, ENGINE_FAILED, GPU_UNAVAILABLE, OPTION_INVALID; MODEL_NOT_FOUND, MODEL_INVALID, MODEL_UNSUPPORTED,
 *   EXTERNAL_DATA_MISSING; GRADIENT_MISSING, naming every kernel without a gradient
 */
export async function loadModel(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  const { load } = await import("./load.ts").catch((cause: unknown) => {
    throw importError("@tensorflow/tfjs-core", cause);
  });
  return load(source, options);
}
