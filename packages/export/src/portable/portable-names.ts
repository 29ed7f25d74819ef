import { type ModelProto, type NodeProto, mapGraphs, namesOfGraph, subgraphsOf, takeName, withFields } from "@xdeep/onnx";

/** What names of nodes and of new values look like: SynapseML cuts graphs at node names, and databases take output names as columns. */
export const PORTABLE_NAME: RegExp = /^[a-z_][a-z0-9_]*$/;

/** The same model with a portable, unique name for every node, and for every value of its main graph that was not the network's own. */
export function portableNames(model: ModelProto, own: ReadonlySet<string>): ModelProto {
  const graph = model.graph!;
  const kept = new Set([...own].filter((name) => !name.includes(" ")));
  for (const { name } of [...graph.input, ...graph.output]) kept.add(name);
  // What graphs inside nodes read or make keeps its name.
  for (const node of graph.node) for (const inner of subgraphsOf(node)) for (const name of namesOfGraph(inner)) kept.add(name);
  const values = new Set(kept);
  const renamed = new Map<string, string>();
  const rename = (name: string): string => {
    if (name === "" || kept.has(name)) return name;
    const known = renamed.get(name) ?? takeName(values, portable(name));
    renamed.set(name, known);
    return known;
  };
  const nodes = new Set<string>();
  const named = (node: NodeProto): NodeProto => {
    const hint = node.name === "" ? `${node.opType}_${node.output.find((name) => name !== "") ?? ""}` : node.name;
    const attribute = node.attribute.map((entry) => mapGraphs(entry, (inner) => withFields(inner, { node: inner.node.map(named) })));
    return withFields(node, { name: takeName(nodes, portable(hint)), attribute });
  };
  return withFields(model, {
    graph: withFields(graph, {
      name: portable(graph.name === "" ? "graph" : graph.name),
      node: graph.node.map((node) => withFields(named(node), { input: node.input.map(rename), output: node.output.map(rename) })),
      initializer: graph.initializer.map((tensor) => withFields(tensor, { name: rename(tensor.name) })),
      valueInfo: graph.valueInfo.map((info) => withFields(info, { name: rename(info.name) })),
    }),
  });
}

/** Small letters, digits and single underscores; the end of what is long. */
function portable(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "")
    .slice(-96);
  return /^[a-z]/.test(plain) ? plain : `n_${plain}`;
}
