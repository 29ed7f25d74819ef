import { WHOLE_FUNCTION_DOMAIN } from "../whole-functions.ts";
import type { PullbackContext } from "../../sweep/rule.ts";

const PASSING: ReadonlySet<string> = new Set(["Cast", "Dropout", "Expand", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze", "Where"]);
const GATES: ReadonlySet<string> = new Set(["Elu", "Gelu", "HardSigmoid", "HardSwish", "Mish", "Relu", "Sigmoid", "Softmax", "Swish", "Tanh"]);

/** Whether a value is what a softmax or an activation made: attention probabilities, or the gate of a gated layer. */
export function isGate({ around }: PullbackContext, name: string): boolean {
  for (let node = around.producerOf(name); node !== null;) {
    if (GATES.has(node.opType) || node.domain === WHOLE_FUNCTION_DOMAIN) return true;
    if (!PASSING.has(node.opType)) return false;
    node = around.producerOf(node.input[node.opType === "Where" ? 2 : 0] ?? "");
  }
  return false;
}
