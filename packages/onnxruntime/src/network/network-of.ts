import type { RuleSet, TypedGraph } from "@xdeep/autodiff";
import { type Model, XDeepError } from "@xdeep/core";
import type { OnnxRuntime } from "../engine/engine.ts";

/** The network behind a model, for what is written from it: another file, not another run. */
export interface LoadedNetwork {
  /** As it is differentiated: functions inlined, opset 18 or newer, float32 unless it was loaded as declared. */
  readonly graph: TypedGraph;
  readonly rules: RuleSet;
  /** The batch size that the file fixes, or null where any goes. */
  readonly fixedBatch: number | null;
  readonly engine: OnnxRuntime;
}

const networks = new WeakMap<Model, LoadedNetwork>();

/** Remembers the network of a model for as long as the model lives. */
export function rememberNetwork<M extends Model>(model: M, network: LoadedNetwork): M {
  networks.set(model, network);
  return model;
}

/**
 * The network that `loadModel` of this package made a model of.
 *
 * @throws {XDeepError} CAPABILITY_MISSING for models of other backends, and for models in worker threads
 */
export function networkOf(model: Model): LoadedNetwork {
  const network = networks.get(model);
  if (network !== undefined) return network;
  const message = `The model of backend "${model.backend}" has no ONNX graph here. Pass the model that loadModel of @xdeep/onnxruntime gave, in this thread.`;
  throw new XDeepError("CAPABILITY_MISSING", message, { details: { backend: model.backend } });
}
