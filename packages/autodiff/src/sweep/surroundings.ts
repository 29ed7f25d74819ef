import { type GraphBuilder, type NodeProto, type Value, operandsOf } from "@xdeep/onnx";

/** Finds the nodes of a builder by what they make, those written since the last call included. */
export function writtenNodes(g: GraphBuilder): (value: Value) => NodeProto | null {
  const found = new Map<string, NodeProto>();
  let next = 0;
  return (value) => {
    for (; next < g.nodes.length; next++) for (const name of g.nodes[next]!.output) found.set(name, g.nodes[next]!);
    return found.get(value.name) ?? null;
  };
}

/** Finds the nodes that take a value, subgraphs included. */
export function consumersIn(nodes: readonly NodeProto[]): (name: string) => readonly NodeProto[] {
  let consumers: Map<string, NodeProto[]> | null = null;
  return (name) => {
    if (consumers === null) {
      consumers = new Map();
      for (const node of nodes)
        for (const operand of new Set(operandsOf(node))) {
          const known = consumers.get(operand);
          if (known === undefined) consumers.set(operand, [node]);
          else known.push(node);
        }
    }
    return consumers.get(name) ?? [];
  };
}
