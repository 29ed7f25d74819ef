import type { GradientRule } from "../../sweep/rule.ts";

/** Add: y = a + b;  ā = ȳ, b̄ = ȳ. */
export const addRule: GradientRule = {
  op: "Add",
  since: [7, 13, 14],
  broadcasts: true,
  pullback: function addPullback({ cotangent }) {
    return [cotangent(0), cotangent(0)];
  },
};
