import { type NodeProto, isFloatType, operandsOf } from "@xdeep/onnx";
import { quantizedOperators } from "../../graph/operator-traits.ts";
import type { TypedGraph } from "../../graph/typed-graph.ts";

/** The part of a graph that a gradient passes: the values on a path of float values from `wrt` to `of`. */
export interface ActivePath {
  /** Nodes on the path, in the graph's order. */
  readonly nodes: readonly NodeProto[];
  readonly values: ReadonlySet<string>;
}

/** Finds the nodes between the wanted values and the explained one (or several). `carries` is false for operators that let no gradient through. */
export function activePath(
  graph: Pick<TypedGraph, "facts" | "nodes">,
  of: string | readonly string[],
  wrt: readonly string[],
  carries: (node: NodeProto) => boolean,
): ActivePath {
  const reached = forwardReach(graph, wrt, carries);
  const values = new Set<string>();
  const nodes: NodeProto[] = [];
  for (const name of [of].flat()) if (reached.has(name)) values.add(name);
  for (const node of graph.nodes.toReversed()) {
    if (!carries(node) || !node.output.some((name) => values.has(name))) continue;
    const inputs = valuesRead(node).filter((name) => reached.has(name));
    if (inputs.length === 0) continue;
    nodes.push(node);
    for (const name of inputs) values.add(name);
  }
  return { nodes: nodes.reverse(), values };
}

/** `wrt`, and the values that depend on them by way of float values, or of integers that stand for such. */
export function forwardReach(graph: Pick<TypedGraph, "facts" | "nodes">, wrt: readonly string[], carries: (node: NodeProto) => boolean): ReadonlySet<string> {
  const reached = new Set(wrt);
  for (const node of graph.nodes) {
    const read = carries(node) ? valuesRead(node).filter((name) => reached.has(name)) : [];
    if (read.length === 0) continue;
    const isQuantized = quantizedOperators.has(node.opType) || read.some((name) => !mayCarryGradient(graph, name));
    for (const name of node.output) if (name !== "" && (mayCarryGradient(graph, name) || isQuantized)) reached.add(name);
  }
  return reached;
}

/** False for integers, texts and truth values. */
export function mayCarryGradient(graph: Pick<TypedGraph, "facts">, name: string): boolean {
  const facts = graph.facts.get(name);
  return facts?.type == null || isFloatType(facts.type);
}

function valuesRead(node: NodeProto): readonly string[] {
  return operandsOf(node).filter((name) => name !== "");
}
