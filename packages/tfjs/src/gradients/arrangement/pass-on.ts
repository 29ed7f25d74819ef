import { cast, reshape } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** Identity: y = x;  x̄ = ȳ. */
export const identityRule: GradientRule = { kernel: "Identity", needs: { x: [] }, pullback: ({ dy }) => ({ x: dy }) };

/** Cast, float to float: y = x;  x̄ = ȳ. */
export const castRule: GradientRule = { kernel: "Cast", needs: { x: [] }, pullback: ({ dy }) => ({ x: cast(dy, "float32") }) };

/** Reshape: the same entries in another shape. */
export const reshapeRule: GradientRule = { kernel: "Reshape", needs: { x: [] }, pullback: ({ dy, shapes }) => ({ x: reshape(dy, [...shapes["x"]!]) }) };

/** ExpandDims: a reshape. */
export const expandDimsRule: GradientRule = {
  kernel: "ExpandDims",
  needs: { input: [] },
  pullback: ({ dy, shapes }) => ({ input: reshape(dy, [...shapes["input"]!]) }),
};
