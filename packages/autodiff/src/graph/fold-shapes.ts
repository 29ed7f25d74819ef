import { type Facts, type GraphBuilder, type NodeProto, type Value, withFields } from "@xdeep/onnx";
import { neededNodes } from "./needed-nodes.ts";

/**
 * Nodes with what is known of shapes written into them: operands that are known before the run become constants, and Reshape gets the dims of its
 * result where at most one is open. With an open batch engines do not find out themselves, and compute every shape in every run: a ViT-B/16 as
 * PyTorch exports it spends 600 of its 950 nodes on that. The nodes that nothing needs any more are left out.
 */
export function foldShapes(
  g: GraphBuilder,
  nodes: readonly NodeProto[],
  factsOf: (name: string) => Facts | undefined,
  outputs: readonly string[],
): readonly NodeProto[] {
  const made = new Map(nodes.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const folded = (node: NodeProto, name: string, i: number): string => {
    const producer = made.get(name);
    if (producer === undefined || producer.opType === "Constant") return name;
    const constant = factsOf(name)?.constant;
    if (constant !== undefined) return g.constant(constant, "known").name;
    const shape = node.opType === "Reshape" && node.domain === "" && i === 1 ? reshapeTo(g, factsOf(node.output[0] ?? "")) : null;
    return shape?.name ?? name;
  };
  const rewritten = nodes.map((node) => {
    const input = node.input.map((name, i) => folded(node, name, i));
    return input.every((name, i) => name === node.input[i]) ? node : withFields(node, { input });
  });
  return neededNodes(rewritten, outputs);
}

/** A shape with −1 for the one open dim; null where more are open, or a 0 would mean another thing. */
function reshapeTo(g: GraphBuilder, facts: Facts | undefined): Value | null {
  const dims = facts?.dims;
  if (dims == null || dims.includes(0) || dims.filter((dim) => typeof dim !== "number").length > 1) return null;
  return g.ints(dims.map((dim) => (typeof dim === "number" ? dim : -1)));
}
