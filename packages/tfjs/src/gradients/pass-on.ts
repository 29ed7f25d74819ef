import { cast, reshape } from "@tensorflow/tfjs-core";

import type { Gradient } from "./gradient.ts";

/** Identity: y = x;  x̄ = ȳ. */
export const identityGradient: Gradient = { kernel: "Identity", needs: { x: [] }, pullback: ({ dy }) => ({ x: dy }) };

/** Cast, float to float: y = x;  x̄ = ȳ. */
export const castGradient: Gradient = { kernel: "Cast", needs: { x: [] }, pullback: ({ dy }) => ({ x: cast(dy, "float32") }) };

/** Reshape: the same entries in another shape. */
export const reshapeGradient: Gradient = { kernel: "Reshape", needs: { x: [] }, pullback: ({ dy, shapes }) => ({ x: reshape(dy, [...shapes["x"]!]) }) };

/** ExpandDims: a reshape. */
export const expandDimsGradient: Gradient = {
  kernel: "ExpandDims",
  needs: { input: [] },
  pullback: ({ dy, shapes }) => ({ input: reshape(dy, [...shapes["input"]!]) }),
};
