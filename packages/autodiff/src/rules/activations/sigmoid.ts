import type { GradientRule } from "../../sweep/rule.ts";

/** Sigmoid: y = 1 / (1 + e⁻ˣ);  x̄ = y (1 − y) ȳ. */
export const sigmoidRule: GradientRule = {
  op: "Sigmoid",
  since: [6, 13],
  pullback: function sigmoidPullback({ g, output, cotangent }) {
    const y = output(0);
    return [g.mul(cotangent(0), g.mul(y, g.sub(g.scalar(1, y), y)))];
  },
};
