import type { GradientRule } from "../../sweep/rule.ts";

/**
 * Sqrt: y = √x;  x̄ = ȳ / 2y.
 *
 * Infinite at x = 0, as the derivative is.
 */
export const sqrtRule: GradientRule = {
  op: "Sqrt",
  since: [6, 13],
  pullback: function sqrtPullback({ g, output, cotangent }) {
    return [g.div(g.scale(cotangent(0), 0.5), output(0))];
  },
};
