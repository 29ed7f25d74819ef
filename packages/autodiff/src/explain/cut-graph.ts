import { type ModelProto, isFloatType, valueInfoProto, withFields } from "@xdeep/onnx";
import { neededNodes } from "../graph/needed-nodes.ts";
import { type TypedGraph, typedGraph } from "../graph/typed-graph.ts";

/** True for float values that a node of the main graph makes. */
export function isInnerValue(graph: TypedGraph, name: string): boolean {
  return graph.producers.has(name) && isFloatType(graph.facts.get(name)?.type ?? null);
}

/** The graph with inner values turned into inputs: the network from there on. The nodes that made them are gone unless an output or a value of `kept` needs them. */
export function cutAt(graph: TypedGraph, names: readonly string[], kept: readonly string[] = []): TypedGraph {
  if (names.length === 0) return graph;
  const cut = new Set(names);
  const nodes = graph.nodes.map((node) =>
    node.output.some((name) => cut.has(name)) ? withFields(node, { output: node.output.map((name) => (cut.has(name) ? "" : name)) }) : node,
  );
  const inputs = names.map((name) => valueInfoProto(name, graph.facts.get(name)?.type ?? "float32", graph.facts.get(name)?.dims ?? null));
  const outputs = graph.graph.output.filter(({ name }) => !cut.has(name));
  const rest = { node: neededNodes(nodes, [...outputs.map(({ name }) => name), ...kept]), input: [...graph.graph.input, ...inputs], output: outputs };
  return typedGraph(withFields(graph.model, { graph: withFields(graph.graph, rest) }), graph.limits);
}

/** The graph with these values among its outputs, behind its own. */
export function exposing(graph: TypedGraph, names: readonly string[]): TypedGraph {
  const known = new Set(graph.graph.output.map(({ name }) => name));
  const added = names
    .filter((name) => !known.has(name))
    .map((name) => valueInfoProto(name, graph.facts.get(name)?.type ?? "float32", graph.facts.get(name)?.dims ?? null));
  if (added.length === 0) return graph;
  return typedGraph(withFields(graph.model, { graph: withFields(graph.graph, { output: [...graph.graph.output, ...added] }) }), graph.limits);
}

/** The model with these values as its outputs, and only the nodes that they need. */
export function withOutputs(graph: TypedGraph, names: readonly string[]): ModelProto {
  const outputs = names.map((name) => valueInfoProto(name, graph.facts.get(name)?.type ?? "float32", graph.facts.get(name)?.dims ?? null));
  return withFields(graph.model, { graph: withFields(graph.graph, { node: neededNodes(graph.nodes, names), output: outputs, valueInfo: [] }) });
}
