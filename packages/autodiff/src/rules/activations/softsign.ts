import type { GradientRule } from "../../sweep/rule.ts";

/** Softsign: y = x / (1 + |x|);  x̄ = ȳ / (1 + |x|)². */
export const softsignRule: GradientRule = {
  op: "Softsign",
  since: [1, 22],
  pullback: function softsignPullback({ g, input, cotangent }) {
    return [g.div(cotangent(0), g.square(g.shift(g.abs(input(0)), 1)))];
  },
};
