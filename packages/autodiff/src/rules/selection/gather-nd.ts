import type { Value } from "@xdeep/onnx";
import { copyAdjoint } from "../../formulas/copy-adjoint.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/** GatherND: y holds the slices of x at index tuples;  x̄ = Σ ȳ where a slice was read. */
export const gatherNdRule: GradientRule = {
  op: "GatherND",
  since: [11, 12, 13],
  pullback: function gatherNdPullback({ g, node, input, cotangent }) {
    return [copyAdjoint(g, input(0), cotangent(0), true, (positions) => g.repeat(node, [positions, input(1)])[0] as Value), null];
  },
};
