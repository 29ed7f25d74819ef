import type { GradientRule } from "../../sweep/rule.ts";

/** Shrink: y = x + b where x < −λ, x − b where x > λ, else 0;  x̄ = ȳ where x < −λ or x > λ, else 0. */
export const shrinkRule: GradientRule = {
  op: "Shrink",
  since: [9],
  pullback: function shrinkPullback({ g, attributes, input, cotangent }) {
    const x = input(0);
    const lambda = attributes.float("lambd", 0.5);
    const outside = g.or(g.less(x, g.scalar(-lambda, x)), g.greater(x, g.scalar(lambda, x)));
    return [g.keepWhere(outside, cotangent(0))];
  },
};
