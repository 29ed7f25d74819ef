import type { GradientRule } from "../../sweep/rule.ts";
import { positiveMask } from "../../formulas/positive-mask.ts";

/**
 * Relu: y = max(x, 0);  x̄ = ȳ where y > 0, else 0.
 *
 * The subgradient at x = 0 is 0, as in PyTorch and TensorFlow.
 */
export const reluRule: GradientRule = {
  op: "Relu",
  since: [6, 13, 14],
  pullback: function reluPullback({ g, output, cotangent }) {
    return [positiveMask(g, output(0), cotangent(0))];
  },
};
