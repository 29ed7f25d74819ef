import type { GradientRule } from "../../sweep/rule.ts";

/** Mul: y = a · b;  ā = ȳ · b, b̄ = ȳ · a. */
export const mulRule: GradientRule = {
  op: "Mul",
  since: [7, 13, 14],
  broadcasts: true,
  pullback: function mulPullback({ g, input, cotangent, wants }) {
    return [wants(0) ? g.mul(cotangent(0), input(1)) : null, wants(1) ? g.mul(cotangent(0), input(0)) : null];
  },
};
