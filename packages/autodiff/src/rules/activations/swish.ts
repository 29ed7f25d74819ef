import type { GradientRule } from "../../sweep/rule.ts";

/** Swish: y = x s with s = σ(αx);  x̄ = (s + α y (1 − s)) ȳ. */
export const swishRule: GradientRule = {
  op: "Swish",
  since: [24],
  pullback: function swishPullback({ g, attributes, input, output, cotangent }) {
    const alpha = attributes.float("alpha", 1);
    const s = g.sigmoid(g.scale(input(0), alpha));
    return [g.mul(cotangent(0), g.add(s, g.mul(g.scale(output(0), alpha), g.sub(g.scalar(1, s), s))))];
  },
};
