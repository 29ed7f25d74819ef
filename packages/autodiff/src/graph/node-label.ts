import type { NodeProto } from "@xdeep/onnx";

/** A node as its user knows it: its name, or what it makes. */
export function nodeLabel(node: NodeProto): string {
  return node.name !== "" ? node.name : (node.output.find((name) => name !== "") ?? node.opType);
}
