import { XDeepError } from "../errors/error.ts";
import type { Model } from "./model.ts";

/** What a model says of itself, as plain data. */
export type ModelFacts = Pick<
  Model,
  "backend" | "engine" | "contractVersion" | "versions" | "inputs" | "outputs" | "capabilities" | "defaultWrt" | "entryValues"
>;

/** What a model says of itself, without its functions: it can be cloned. */
export function factsOf({ backend, engine, contractVersion, versions, inputs, outputs, capabilities, defaultWrt, entryValues }: Model): ModelFacts {
  return { backend, engine, contractVersion, versions, inputs, outputs, capabilities, defaultWrt, entryValues };
}

/** A model that passes every call on. A wrapper spreads it and replaces what it changes, so that it loses nothing else. */
export function delegateTo(model: Model): Model {
  return {
    ...factsOf(model),
    ...(model.layers === undefined ? {} : { layers: (request) => model.layers!(request) }),
    ...(model.attention === undefined ? {} : { attention: () => model.attention!() }),
    forward: (request) => model.forward(request),
    vjp: (request) => model.vjp(request),
    dispose: () => model.dispose(),
    [Symbol.asyncDispose]: () => model.dispose(),
  };
}

/** The error of every call of a model that was disposed. */
export function disposedError(cause?: unknown): XDeepError {
  return new XDeepError("MODEL_DISPOSED", "The model was disposed. Load it again to use it.", { cause });
}
