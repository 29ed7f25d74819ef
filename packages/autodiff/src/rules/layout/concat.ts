import { joinInts } from "../../formulas/int-list.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/** Concat: y = [x₁, x₂, …] along an axis;  x̄ᵢ = the part of ȳ where xᵢ went. */
export const concatRule: GradientRule = {
  op: "Concat",
  since: [4, 11, 13],
  pullback: function concatPullback({ g, attributes, input, cotangent, inputCount }) {
    if (inputCount === 1) return [cotangent(0)];
    const axis = attributes.int("axis", 0);
    const sizes = Array.from({ length: inputCount }, (_, i) => g.dimOf(input(i), axis));
    return g.emit("Split", [cotangent(0), joinInts(g, sizes)], { axis }, { outputs: inputCount });
  },
};
