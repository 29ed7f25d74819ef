import type { GradientRule } from "../../sweep/rule.ts";

/** Reciprocal: y = 1 / x;  x̄ = −y² ȳ. */
export const reciprocalRule: GradientRule = {
  op: "Reciprocal",
  since: [6, 13],
  pullback: function reciprocalPullback({ g, output, cotangent }) {
    return [g.neg(g.mul(cotangent(0), g.square(output(0))))];
  },
};
