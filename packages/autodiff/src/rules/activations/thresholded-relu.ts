import type { GradientRule } from "../../sweep/rule.ts";

/**
 * ThresholdedRelu: y = x where x > α, else 0;  x̄ = ȳ where x > α, else 0.
 */
export const thresholdedReluRule: GradientRule = {
  op: "ThresholdedRelu",
  since: [10, 22],
  pullback: function thresholdedReluPullback({ g, attributes, input, cotangent }) {
    const x = input(0);
    return [g.keepWhere(g.greater(x, g.scalar(attributes.float("alpha", 1), x)), cotangent(0))];
  },
};
