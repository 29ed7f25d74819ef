import type { Value } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";

/** ReverseSequence: y is x with the first steps of each sequence in reverse;  x̄ is ȳ reversed in the same way. */
export const reverseSequenceRule: GradientRule = {
  op: "ReverseSequence",
  since: [10, 28],
  pullback: function reverseSequencePullback({ g, node, input, cotangent }) {
    return [g.repeat(node, [cotangent(0), input(1)])[0] as Value, null];
  },
};
