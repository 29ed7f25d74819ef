import { Attributes, type GraphProto, type NodeProto } from "@xdeep/onnx";

/** The nodes, in order, that these values need; what is already given ends the search. */
export function neededNodes(nodes: readonly NodeProto[], values: readonly string[], given: ReadonlySet<string>): readonly NodeProto[] {
  const needed = new Set(values.filter((name) => !given.has(name)));
  const kept: NodeProto[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.output.some((name) => needed.has(name))) continue;
    kept.push(node);
    for (const name of [...node.input, ...outerNames(node)]) {
      if (!given.has(name)) needed.add(name);
    }
  }
  return kept.reverse();
}

/** Names that the subgraphs of a node may read from the graph around it. */
export function outerNames(node: NodeProto): readonly string[] {
  const attributes = new Attributes(node);
  return attributes
    .names()
    .flatMap((name) => [attributes.graph(name), ...attributes.graphs(name)].flatMap((graph) => (graph === undefined ? [] : readNames(graph))));
}

function readNames(graph: GraphProto): readonly string[] {
  return [...graph.output.map((output) => output.name), ...graph.node.flatMap((node) => [...node.input, ...outerNames(node)])];
}
