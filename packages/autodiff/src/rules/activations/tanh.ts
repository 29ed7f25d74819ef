import type { GradientRule } from "../../sweep/rule.ts";

/** Tanh: y = tanh x;  x̄ = (1 − y²) ȳ. */
export const tanhRule: GradientRule = {
  op: "Tanh",
  since: [6, 13],
  pullback: function tanhPullback({ g, output, cotangent }) {
    const y = output(0);
    return [g.mul(cotangent(0), g.sub(g.scalar(1, y), g.square(y)))];
  },
};
