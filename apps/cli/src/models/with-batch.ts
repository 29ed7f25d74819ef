import type { Model } from "@xdeep/core";

/** The same model, on which methods work so many rows at a time. */
export function withBatch(model: Model, rows: number): Model {
  const { maxBatch } = model.capabilities;
  const { backend, engine, contractVersion, versions, inputs, outputs, defaultWrt } = model;
  return {
    backend,
    engine,
    contractVersion,
    versions,
    inputs,
    outputs,
    defaultWrt,
    capabilities: { ...model.capabilities, preferredBatch: Math.min(rows, maxBatch ?? rows) },
    forward: (request) => model.forward(request),
    vjp: (request) => model.vjp(request),
    dispose: () => model.dispose(),
    [Symbol.asyncDispose]: () => model.dispose(),
  };
}
