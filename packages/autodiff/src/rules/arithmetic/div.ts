import type { GradientRule } from "../../sweep/rule.ts";

/** Div: y = a / b;  ā = ȳ / b, b̄ = −y ȳ / b. */
export const divRule: GradientRule = {
  op: "Div",
  since: [7, 13, 14],
  broadcasts: true,
  pullback: function divPullback({ g, input, output, cotangent, wants }) {
    const quotient = g.div(cotangent(0), input(1));
    return [quotient, wants(1) ? g.neg(g.mul(output(0), quotient)) : null];
  },
};
