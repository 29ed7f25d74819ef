import type { GradientRule } from "../../sweep/rule.ts";

/**
 * HardSwish: y = x max(0, min(1, x/6 + 1/2));  x̄ = 0 where x ≤ −3, ȳ where x ≥ 3, (x/3 + 1/2) ȳ between.
 */
export const hardSwishRule: GradientRule = {
  op: "HardSwish",
  since: [14, 22],
  pullback: function hardSwishPullback({ g, input, cotangent }) {
    const [x, dy] = [input(0), cotangent(0)];
    const between = g.mul(dy, g.shift(g.scale(x, 1 / 3), 0.5));
    const above = g.where(g.less(x, g.scalar(3, x)), between, dy);
    return [g.keepWhere(g.greater(x, g.scalar(-3, x)), above)];
  },
};
