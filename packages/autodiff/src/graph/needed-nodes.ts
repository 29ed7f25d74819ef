import { type NodeProto, operandsOf } from "@xdeep/onnx";

/** The nodes that these values need, in the given order, which is topological. */
export function neededNodes(nodes: readonly NodeProto[], values: readonly string[]): NodeProto[] {
  const needed = new Set(values);
  const kept = nodes.toReversed().filter((node) => {
    if (!node.output.some((name) => needed.has(name))) return false;
    for (const name of operandsOf(node)) if (name !== "") needed.add(name);
    return true;
  });
  return kept.reverse();
}
