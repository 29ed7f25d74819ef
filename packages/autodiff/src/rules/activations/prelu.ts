import type { GradientRule } from "../../sweep/rule.ts";

/**
 * PRelu: y = x where x ≥ 0, else s x;  x̄ = ȳ where x > 0, else s ȳ;  s̄ = 0 where x ≥ 0, else x ȳ.
 *
 * The slope s broadcasts to x. The subgradient at x = 0 is s, as in PyTorch.
 */
export const preluRule: GradientRule = {
  op: "PRelu",
  since: [9, 16],
  broadcasts: true,
  pullback: function preluPullback({ g, input, cotangent, wants }) {
    const [x, slope, dy] = [input(0), input(1), cotangent(0)];
    const positive = g.greater(x, g.scalar(0, x));
    return [wants(0) ? g.where(positive, dy, g.mul(dy, slope)) : null, wants(1) ? g.keepWhere(g.not(positive), g.mul(dy, x)) : null];
  },
};
