import type { Value } from "@xdeep/onnx";
import { copyAdjoint } from "../../formulas/copy-adjoint.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/** Compress: y holds the slices of x (or, without an axis, the elements) where the condition is true;  x̄ is ȳ there, 0 elsewhere. */
export const compressRule: GradientRule = {
  op: "Compress",
  since: [9, 11, 28],
  pullback: function compressPullback({ g, node, input, cotangent }) {
    return [copyAdjoint(g, input(0), cotangent(0), false, (positions) => g.repeat(node, [positions, input(1)])[0] as Value), null];
  },
};
