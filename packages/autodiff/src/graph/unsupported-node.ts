import { XDeepError } from "@xdeep/core";
import type { NodeProto } from "@xdeep/onnx";
import { nodeLabel } from "./node-label.ts";

/** An error about a form of an operator whose gradient cannot be written: what is in the way, and what to do. */
export function unsupportedNode(node: NodeProto, problem: string): XDeepError {
  return new XDeepError("MODEL_UNSUPPORTED", `Cannot write the gradient of ${node.opType} (node "${nodeLabel(node)}"): ${problem}`, {
    details: { op: node.opType, node: nodeLabel(node) },
  });
}
