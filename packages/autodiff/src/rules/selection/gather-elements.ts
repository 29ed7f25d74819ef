import type { GradientRule } from "../../sweep/rule.ts";

/** GatherElements: y[…, k, …] = x[…, i[…, k, …], …] along an axis;  x̄ = Σ ȳ where an element was read. */
export const gatherElementsRule: GradientRule = {
  op: "GatherElements",
  since: [11, 13],
  pullback: function gatherElementsPullback({ g, attributes, input, cotangent }) {
    const dx = g.op("ScatterElements", [g.zerosLike(input(0)), input(1), cotangent(0)], { axis: attributes.int("axis", 0), reduction: "add" });
    return [dx, null];
  },
};
