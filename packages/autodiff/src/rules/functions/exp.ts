import type { GradientRule } from "../../sweep/rule.ts";

/** Exp: y = eˣ;  x̄ = y ȳ. */
export const expRule: GradientRule = {
  op: "Exp",
  since: [6, 13],
  pullback: function expPullback({ g, output, cotangent }) {
    return [g.mul(cotangent(0), output(0))];
  },
};
