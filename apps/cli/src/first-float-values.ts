import type { TypedGraph } from "@xdeep/autodiff";
import { isFloatType } from "@xdeep/onnx";

/**
 * The first float values that depend on the inputs, where those are integers: the results of embeddings. What can be attributed to in a model
 * that takes tokens.
 */
export function firstFloatValues(graph: TypedGraph): readonly string[] {
  const dependent = new Set(graph.graph.input.map(({ name }) => name));
  const found: string[] = [];
  for (const { input, output } of graph.nodes) {
    const read = input.filter((name) => dependent.has(name));
    if (read.length === 0) continue;
    for (const name of output) dependent.add(name);
    const isFirst = read.every((name) => !isFloat(graph, name));
    if (isFirst) found.push(...output.filter((name) => name !== "" && isFloat(graph, name)));
  }
  return found;
}

function isFloat(graph: TypedGraph, name: string): boolean {
  return isFloatType(graph.facts.get(name)?.type ?? null);
}
