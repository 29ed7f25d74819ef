import type { GradientRule } from "../../sweep/rule.ts";

/** Expand: y = x broadcast to a shape;  x̄ = Σ ȳ over the axes along which x was stretched. */
export const expandRule: GradientRule = {
  op: "Expand",
  since: [8, 13],
  broadcasts: true,
  pullback: function expandPullback({ cotangent }) {
    return [cotangent(0), null];
  },
};
