import type { GradientRule } from "../../sweep/rule.ts";

/**
 * Abs: y = |x|;  x̄ = sign(x) ȳ.
 *
 * The subgradient at x = 0 is 0.
 */
export const absRule: GradientRule = {
  op: "Abs",
  since: [6, 13],
  pullback: function absPullback({ g, input, cotangent }) {
    return [g.mul(cotangent(0), g.sign(input(0)))];
  },
};
