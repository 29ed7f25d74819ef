import type { Model } from "@xdeep/core";
import { delegateTo } from "@xdeep/core/backend";

/** The same model, on which methods work so many rows at a time. */
export function withBatch(model: Model, rows: number): Model {
  const { maxBatch } = model.capabilities;
  return { ...delegateTo(model), capabilities: { ...model.capabilities, preferredBatch: Math.min(rows, maxBatch ?? rows) } };
}
