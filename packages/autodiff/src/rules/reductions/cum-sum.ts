import type { GradientRule } from "../../sweep/rule.ts";

/** CumSum: yᵢ = Σ xⱼ over j ≤ i along an axis;  x̄ⱼ = Σ ȳᵢ over i ≥ j, the sum the other way round. */
export const cumSumRule: GradientRule = {
  op: "CumSum",
  since: [11, 14],
  pullback: function cumSumPullback({ g, attributes, input, cotangent }) {
    const reverse = 1 - attributes.int("reverse", 0);
    return [g.op("CumSum", [cotangent(0), input(1)], { exclusive: attributes.int("exclusive", 0), reverse }), null];
  },
};
