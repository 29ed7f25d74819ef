import { operandsOf } from "@xdeep/onnx";
import { shapeOnlyOperators } from "./operator-traits.ts";
import type { TypedGraph } from "./typed-graph.ts";

/** The values that depend on what is fed, or on others that are named, other than by dims. */
export function varyingValues(
  graph: Pick<TypedGraph, "facts" | "graph" | "nodes">,
  from: readonly string[] = graph.graph.input.map(({ name }) => name),
): ReadonlySet<string> {
  const varying = new Set(from);
  for (const node of graph.nodes) {
    if (shapeOnlyOperators.has(node.opType) || !operandsOf(node).some((name) => varying.has(name))) continue;
    for (const name of node.output) if (name !== "" && graph.facts.get(name)?.constant === undefined) varying.add(name);
  }
  return varying;
}
