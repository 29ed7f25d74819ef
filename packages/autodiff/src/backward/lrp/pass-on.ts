import { type NodeProto, isDefaultDomain } from "@xdeep/onnx";
import { rearrangingOperators } from "../../graph/operator-traits.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/** Element-wise operators that are affine in the one operand that depends on the input. */
const AFFINE: ReadonlySet<string> = new Set(["Add", "BatchNormalization", "Cast", "Div", "Dropout", "Identity", "Mul", "Neg", "Sub"]);

/** In front of a first layer whose rule gives R itself: affine operators pass R on, others that only move entries move it. */
export function passOnRule(name: string, found: GradientRule, node: NodeProto): GradientRule {
  if (isDefaultDomain(node.domain) && rearrangingOperators.has(node.opType)) return found;
  return {
    ...found,
    pullback(context) {
      const { inputCount, wants, cotangent } = context;
      const operands = Array.from({ length: inputCount }, (_, i) => i).filter((i) => wants(i));
      const isAffine = AFFINE.has(node.opType) && operands.length === 1 && !(node.opType === "Div" && operands[0] === 1);
      if (!isAffine)
        throw unsupportedNode(node, `it stands before the first layer, whose rule in "${name}" gives relevance that only affine operators pass on.`);
      return Array.from({ length: inputCount }, (_, i) => (i === operands[0] ? cotangent(0) : null));
    },
  };
}
