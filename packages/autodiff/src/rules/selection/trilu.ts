import type { Value } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";

/** Trilu: y is the upper or lower triangle of x, zeros elsewhere;  x̄ is the same triangle of ȳ. */
export const triluRule: GradientRule = {
  op: "Trilu",
  since: [14],
  pullback: function triluPullback({ g, node, input, hasInput, cotangent, inputCount }) {
    return [g.repeat(node, [cotangent(0), hasInput(1) ? input(1) : null])[0] as Value, null].slice(0, inputCount);
  },
};
