import type { GradientRule } from "../../sweep/rule.ts";

/** Neg: y = −x;  x̄ = −ȳ. */
export const negRule: GradientRule = {
  op: "Neg",
  since: [6, 13],
  pullback: function negPullback({ g, cotangent }) {
    return [g.neg(cotangent(0))];
  },
};
