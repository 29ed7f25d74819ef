import { float32 } from "@xdeep/core";
import { createAttribution } from "@xdeep/core/method";

/** An attribution of these values, of which nothing else matters. */
export function attributed(dims: readonly number[], data: readonly number[]): ReturnType<typeof createAttribution> {
  return createAttribution({
    values: float32(dims, data),
    target: [0],
    scores: Float32Array.of(1),
    output: "y",
    provenance: { method: { name: "vanilla", parameters: {} }, rule: "standard", rectifiers: 0, score: "logit", backend: "b", engine: "e", versions: {} },
  });
}
