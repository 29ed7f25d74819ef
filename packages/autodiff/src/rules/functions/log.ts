import type { GradientRule } from "../../sweep/rule.ts";

/** Log: y = log x;  x̄ = ȳ / x. */
export const logRule: GradientRule = {
  op: "Log",
  since: [6, 13],
  pullback: function logPullback({ g, input, cotangent }) {
    return [g.div(cotangent(0), input(0))];
  },
};
