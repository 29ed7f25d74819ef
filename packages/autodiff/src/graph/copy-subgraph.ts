import { type GraphProto, type NodeProto, type Rename, type TensorProto, renameNode, withFields } from "@xdeep/onnx";

/** The contents of a subgraph under names that nothing else has, so that they can stand in another graph. */
export interface SubgraphCopy {
  /** In the subgraph's order. */
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  /** What the subgraph's outputs are called now. */
  readonly outputs: readonly string[];
  /** The new name of any of its values; outer values keep their names. */
  readonly rename: Rename;
}

/** Copies a subgraph. Its inputs become the values named in `inputs`, its own values get names from `freshName`, outer values stay. */
export function copySubgraph(graph: GraphProto, inputs: readonly string[], freshName: (hint: string) => string, scope: string): SubgraphCopy {
  const names = new Map<string, string>([["", ""]]);
  graph.input.forEach(({ name }, index) => names.set(name, inputs[index] ?? name));
  for (const { name } of graph.initializer) names.set(name, freshName(`${scope}/${name}`));
  for (const name of graph.node.flatMap(({ output }) => output)) if (!names.has(name)) names.set(name, freshName(`${scope}/${name}`));
  const rename = (name: string): string => names.get(name) ?? name;
  return {
    nodes: graph.node.map((node) => renameNode(node, rename, scope)),
    initializers: graph.initializer.map((tensor) => withFields(tensor, { name: rename(tensor.name) })),
    outputs: graph.output.map(({ name }) => rename(name)),
    rename,
  };
}
