import type { GraphBuilder, NodeProto, Value } from "@xdeep/onnx";

/** Finds the nodes of a builder by what they make, those written since the last call included. */
export function writtenNodes(g: GraphBuilder): (value: Value) => NodeProto | null {
  const found = new Map<string, NodeProto>();
  let next = 0;
  return (value) => {
    for (; next < g.nodes.length; next++) for (const name of g.nodes[next]!.output) found.set(name, g.nodes[next]!);
    return found.get(value.name) ?? null;
  };
}
