import type { GraphProto, NodeProto } from "../gen/onnx_pb.ts";

/** The graphs in a node's attributes: branches of If, bodies of Loop and Scan. */
export function subgraphsOf(node: NodeProto): readonly GraphProto[] {
  return node.attribute.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]));
}

/** Nodes of a list, each followed by those of its subgraphs. */
export function withSubgraphs(nodes: readonly NodeProto[]): readonly NodeProto[] {
  return nodes.flatMap((node) => [node, ...subgraphsOf(node).flatMap((graph) => withSubgraphs(graph.node))]);
}

/** How many nodes a list holds, those of subgraphs included. */
export function countNodes(nodes: readonly NodeProto[]): number {
  return nodes.reduce((count, node) => count + 1 + subgraphsOf(node).reduce((inner, graph) => inner + countNodes(graph.node), 0), 0);
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

/** What a node depends on, in order: its inputs ("" where one is left out), then the outer values that its subgraphs use, once each. */
export function operandsOf(node: NodeProto): readonly string[] {
  const graphs = subgraphsOf(node);
  return graphs.length === 0 ? node.input : [...node.input, ...new Set(graphs.flatMap(outerValues))];
}

/** Names that a subgraph takes from outside. */
export function outerValues(graph: GraphProto): readonly string[] {
  const own = new Set([...graph.input, ...graph.initializer].map((value) => value.name));
  for (const { values } of graph.sparseInitializer) if (values !== undefined) own.add(values.name);
  for (const node of graph.node) for (const name of node.output) own.add(name);
  const outer = new Set<string>();
  for (const node of graph.node) for (const name of operandsOf(node)) if (name !== "" && !own.has(name)) outer.add(name);
  for (const { name } of graph.output) if (!own.has(name)) outer.add(name);
  return [...outer];
}

/** By set of names: the number that the next name of a hint is tried with. Trying from 1 each time would take ages where a file gives one name to all. */
const counters = new WeakMap<Set<string>, Map<string, number>>();

/** A name that is not taken yet; it is from now on. */
export function takeName(taken: Set<string>, hint: string): string {
  const base = shortened(hint);
  let name = base;
  if (taken.has(name)) {
    let next = counters.get(taken);
    if (next === undefined) counters.set(taken, (next = new Map()));
    let count = next.get(base) ?? 1;
    for (; taken.has(name); count += 1) name = `${base}_${count}`;
    next.set(base, count);
  }
  taken.add(name);
  return name;
}

/** Characters of names that are made of others. Subgraphs within each other double them with every level. */
const LONGEST_NAME = 512;

/** The end of a name that is too long, which is what tells it from others. */
export function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : `…${name.slice(-LONGEST_NAME)}`;
}
