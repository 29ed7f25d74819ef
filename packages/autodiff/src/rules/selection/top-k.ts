import type { GradientRule } from "../../sweep/rule.ts";

/**
 * TopK: y holds the k largest (or smallest) elements of x along an axis, and where they stood;  x̄ is ȳ there, 0 elsewhere.
 *
 * Of equal elements the first are taken.
 */
export const topKRule: GradientRule = {
  op: "TopK",
  since: [11, 24],
  pullback: function topKPullback({ g, attributes, input, cotangent, addOutput }) {
    return [g.op("ScatterElements", [g.zerosLike(input(0)), addOutput(1), cotangent(0)], { axis: attributes.int("axis", -1) }), null];
  },
};
