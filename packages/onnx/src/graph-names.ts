import type { GraphProto, NodeProto } from "./gen/onnx_pb.ts";

/** The graphs in a node's attributes: branches of If, bodies of Loop and Scan. */
export function subgraphsOf(node: NodeProto): readonly GraphProto[] {
  return node.attribute.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]));
}

/** Names that a list of nodes defines or reads, subgraphs included. */
export function namesOfNodes(nodes: readonly NodeProto[], names: Set<string> = new Set()): Set<string> {
  for (const node of nodes) {
    for (const name of node.input) names.add(name);
    for (const name of node.output) names.add(name);
    for (const graph of subgraphsOf(node)) namesOfGraph(graph, names);
  }
  return names;
}

/** Names of all values of a graph, subgraphs included. */
export function namesOfGraph(graph: GraphProto, names: Set<string> = new Set()): Set<string> {
  for (const { name } of [...graph.input, ...graph.output, ...graph.initializer]) names.add(name);
  for (const { values } of graph.sparseInitializer) if (values !== undefined) names.add(values.name);
  return namesOfNodes(graph.node, names);
}

/** Names that nodes read, and outputs of subgraphs. */
export function namesRead(nodes: readonly NodeProto[], names: Set<string> = new Set()): Set<string> {
  for (const node of nodes) {
    for (const name of node.input) names.add(name);
    for (const graph of subgraphsOf(node)) {
      for (const { name } of graph.output) names.add(name);
      namesRead(graph.node, names);
    }
  }
  return names;
}

/** A name that is not taken yet; it is from now on. */
export function takeName(taken: Set<string>, hint: string): string {
  let name = hint;
  for (let count = 1; taken.has(name); count += 1) name = `${hint}_${count}`;
  taken.add(name);
  return name;
}
