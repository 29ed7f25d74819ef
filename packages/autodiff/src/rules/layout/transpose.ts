import { rankOf } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";

/** Transpose: y = x with axis i taken from axis perm[i];  x̄ = ȳ with the axes put back. Without perm the axes are reversed. */
export const transposeRule: GradientRule = {
  op: "Transpose",
  since: [1, 13, 21, 23, 24, 25],
  pullback: function transposePullback({ g, attributes, input, cotangent }) {
    const perm = attributes.ints("perm") ?? [...Array(rankOf(input(0))).keys()].reverse();
    return [
      g.transpose(
        cotangent(0),
        perm.map((_, axis) => perm.indexOf(axis)),
      ),
    ];
  },
};
