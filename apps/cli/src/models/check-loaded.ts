import { basename } from "node:path";

import { type Activation, type LayerInfo, type ValueInfo, isXDeepError } from "@xdeep/core";
import { isFloatType } from "@xdeep/core/method";

import { inCliWords } from "../cli-words.ts";
import { loadAnyModel } from "./load-any-model.ts";
import type { LoadFlags } from "./model-loader.ts";

/** An output of a loaded model. */
export interface LoadedOutput {
  readonly name: string;
  readonly type: ValueInfo["type"];
  readonly dims: ValueInfo["dims"];
  readonly explainable: boolean;
  readonly activation: Activation | null;
}

/** What a model says of itself once it is loaded: for backends that must try a model to know whether it can be explained. */
export interface LoadedCheck {
  readonly file: string;
  readonly explainable: boolean;
  /** Why not: every operator without a gradient, for instance. */
  readonly problem: string | null;
  readonly backend: string | null;
  readonly engine: string | null;
  readonly inputs: readonly Pick<ValueInfo, "name" | "type" | "dims">[];
  readonly outputs: readonly LoadedOutput[];
  /** Operators that can count as rectifiers. */
  readonly rectifiers: readonly string[];
  /** Values inside at which Grad-CAM and its like look, from the input on. */
  readonly layers: readonly Pick<LayerInfo, "name" | "dims" | "channelAxis">[];
}

/**
 * Loads a model, which tries it where its backend has to, and says what can be explained.
 *
 * @throws {XDeepError} as loading does, but for GRADIENT_MISSING, which is the answer
 */
export async function checkLoaded(path: string, flags: LoadFlags): Promise<LoadedCheck> {
  const file = basename(path);
  try {
    const { model } = await loadAnyModel(path, flags);
    const { backend, engine, inputs, outputs, capabilities } = model;
    const found = outputs.map(({ name, type, dims, activation = null }) => ({ name, type, dims, explainable: isFloatType(type), activation }));
    const explainable = found.some((output) => output.explainable);
    const layers = explainable && capabilities.innerValues ? ((await model.layers?.()) ?? []) : [];
    await model.dispose();
    const problem = explainable ? null : "no output is of a float type";
    const plain = inputs.map(({ name, type, dims }) => ({ name, type, dims }));
    return {
      file,
      explainable,
      problem,
      backend,
      engine,
      inputs: plain,
      outputs: found,
      rectifiers: capabilities.rectifiers,
      layers: layers.map(({ name, dims, channelAxis }) => ({ name, dims, channelAxis })),
    };
  } catch (error) {
    if (!isXDeepError(error, "GRADIENT_MISSING")) throw error;
    return { file, explainable: false, problem: inCliWords(error), backend: null, engine: null, inputs: [], outputs: [], rectifiers: [], layers: [] };
  }
}
