import type { GradientRule } from "../../sweep/rule.ts";

/** Reshape: y = x with other dims;  x̄ = ȳ with the dims of x. */
export const reshapeRule: GradientRule = {
  op: "Reshape",
  since: [5, 13, 14, 19, 21, 23, 24, 25],
  pullback: function reshapePullback({ g, input, cotangent }) {
    return [g.reshapeLike(cotangent(0), input(0)), null];
  },
};
