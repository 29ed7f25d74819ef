import type { GradientRule } from "../../sweep/rule.ts";

/** Flatten: y = x as a matrix, its axes before `axis` and those from it on merged;  x̄ = ȳ with the dims of x. */
export const flattenRule: GradientRule = {
  op: "Flatten",
  since: [1, 9, 11, 13, 21, 23, 24, 25],
  pullback: function flattenPullback({ g, input, cotangent }) {
    return [g.reshapeLike(cotangent(0), input(0))];
  },
};
