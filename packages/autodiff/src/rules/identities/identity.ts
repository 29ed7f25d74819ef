import type { GradientRule } from "../../sweep/rule.ts";

/** Identity: y = x;  x̄ = ȳ. */
export const identityRule: GradientRule = {
  op: "Identity",
  since: [1, 13, 14, 16, 19, 21, 23, 24, 25],
  pullback: function identityPullback({ cotangent }) {
    return [cotangent(0)];
  },
};
