import type { Value } from "@xdeep/onnx";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/** Squeeze: y is x without axes of size 1;  x̄ is ȳ with the dims of x. */
export const squeezeRule: GradientRule = { op: "Squeeze", since: [13, 21, 23, 24, 25], pullback: restoreDims };

/** Unsqueeze: y is x with axes of size 1 added;  x̄ is ȳ with the dims of x. */
export const unsqueezeRule: GradientRule = { op: "Unsqueeze", since: [13, 21, 23, 24, 25], pullback: restoreDims };

function restoreDims({ g, input, cotangent, inputCount }: PullbackContext): readonly (Value | null)[] {
  return [g.reshapeLike(cotangent(0), input(0)), null].slice(0, inputCount);
}
