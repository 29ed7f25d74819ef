import type { GradientRule } from "../../sweep/rule.ts";

/** Softplus: y = log(1 + eˣ);  x̄ = ȳ / (1 + e⁻ˣ). */
export const softplusRule: GradientRule = {
  op: "Softplus",
  since: [1, 22],
  pullback: function softplusPullback({ g, input, cotangent }) {
    return [g.mul(cotangent(0), g.sigmoid(input(0)))];
  },
};
