import { type GraphProto, type NodeProto, type TensorProto, renameNode, takeName, withFields } from "@xdeep/onnx";

/** The contents of a subgraph under names that nothing else has, so that they can stand in another graph. */
export interface SubgraphCopy {
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  /** What the subgraph's outputs are called now; outer values keep their names. */
  readonly outputs: readonly string[];
}

/** Copies a subgraph. Its inputs become the values named in `inputs`, its own values get new names, outer values stay. */
export function copySubgraph(graph: GraphProto, inputs: readonly string[], taken: Set<string>, scope: string): SubgraphCopy {
  const names = new Map<string, string>([["", ""]]);
  graph.input.forEach(({ name }, index) => names.set(name, inputs[index] ?? name));
  for (const { name } of graph.initializer) names.set(name, takeName(taken, `${scope}/${name}`));
  for (const name of graph.node.flatMap(({ output }) => output)) if (!names.has(name)) names.set(name, takeName(taken, `${scope}/${name}`));
  const rename = (name: string): string => names.get(name) ?? name;
  return {
    nodes: graph.node.map((node) => renameNode(node, rename, scope)),
    initializers: graph.initializer.map((tensor) => withFields(tensor, { name: rename(tensor.name) })),
    outputs: graph.output.map(({ name }) => rename(name)),
  };
}
