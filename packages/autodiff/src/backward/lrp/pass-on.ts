import { type NodeProto, isDefaultDomain } from "@xdeep/onnx";
import { rearrangingOperators } from "../../graph/operator-traits.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import { toOperand, wantedOperands } from "../../sweep/operands.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/** Element-wise operators that are affine in the one operand that depends on the input. */
const AFFINE: ReadonlySet<string> = new Set(["Add", "BatchNormalization", "Cast", "Div", "Dropout", "Identity", "Mul", "Neg", "Sub"]);

/** In front of a first layer whose rule gives R itself: affine operators pass R on, others that only move entries move it. */
export function passOnRule(name: string, found: GradientRule, node: NodeProto): GradientRule {
  if (isDefaultDomain(node.domain) && rearrangingOperators.has(node.opType)) return found;
  return {
    ...found,
    pullback(context) {
      const [operand, ...others] = wantedOperands(context);
      const isAffine = operand !== undefined && AFFINE.has(node.opType) && others.length === 0 && !(node.opType === "Div" && operand === 1);
      if (!isAffine)
        throw unsupportedNode(node, `it stands before the first layer, whose rule in "${name}" gives relevance that only affine operators pass on.`);
      return toOperand(context, operand, context.cotangent(0));
    },
  };
}
