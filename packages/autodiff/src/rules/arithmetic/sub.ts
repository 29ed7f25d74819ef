import type { GradientRule } from "../../sweep/rule.ts";

/** Sub: y = a − b;  ā = ȳ, b̄ = −ȳ. */
export const subRule: GradientRule = {
  op: "Sub",
  since: [7, 13, 14],
  broadcasts: true,
  pullback: function subPullback({ g, cotangent, wants }) {
    return [cotangent(0), wants(1) ? g.neg(cotangent(0)) : null];
  },
};
