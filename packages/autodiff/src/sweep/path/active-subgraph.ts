import { type NodeProto, inferAttributeGraph, outerValues } from "@xdeep/onnx";
import { type ActivePath, activePath, forwardReach, mayCarryGradient } from "./active-path.ts";
import { carriesGradient } from "../coverage.ts";
import type { SubgraphWiring } from "../../graph/subgraph-wiring.ts";
import { type TypedGraph, producersOf } from "../../graph/typed-graph.ts";

/** A graph in an attribute of a node, and the part of it that gradients pass. */
export interface ActiveSubgraph {
  readonly wiring: SubgraphWiring;
  readonly graph: TypedGraph;
  readonly path: ActivePath;
}

/** Infers a subgraph of a node on a path of `outer`. Null for a branch of If that contradicts itself: it is never taken. */
export function activeSubgraph(outer: TypedGraph, path: ActivePath, node: NodeProto, wiring: SubgraphWiring): ActiveSubgraph | null {
  const graph = typedSubgraph(outer, node, wiring);
  return graph === null ? null : { wiring, graph, path: pathInside(graph, path, node, wiring) };
}

function typedSubgraph(outer: TypedGraph, node: NodeProto, { attribute }: SubgraphWiring): TypedGraph | null {
  const inner = inferAttributeGraph(node, attribute, outer.facts, outer);
  if (inner === null) return null;
  const { graph, facts } = inner;
  return {
    ...outer,
    graph,
    nodes: graph.node,
    facts: new Map([...outer.facts, ...facts]),
    producers: producersOf(graph),
    initializers: new Set(graph.initializer.map(({ name }) => name)),
  };
}

/** What carries a gradient inside follows from what does outside, and from one run of a loop to the next. */
function pathInside(graph: TypedGraph, outer: ActivePath, node: NodeProto, wiring: SubgraphWiring): ActivePath {
  const inputs = graph.graph.input.map(({ name }) => name);
  const outputs = graph.graph.output.map(({ name }) => name);
  const active = (names: readonly string[], index: number | null | undefined): boolean => index != null && outer.values.has(names[index] ?? "");
  const wrt = new Set([...outerValues(graph.graph).filter((name) => outer.values.has(name)), ...inputs.filter((_, i) => active(node.input, wiring.inputs[i]))]);
  const of = new Set(outputs.filter((_, i) => active(node.output, wiring.outputs[i])));
  const links = wiring.feedback.map(({ output, input }) => ({ output: outputs[output] ?? "", input: inputs[input] ?? "" }));
  for (;;) {
    const reached = forwardReach(graph, [...wrt], carriesGradient);
    const next = links.filter(({ output, input }) => reached.has(output) && !wrt.has(input) && mayCarryGradient(graph, input));
    if (next.length === 0) break;
    for (const { input } of next) wrt.add(input);
  }
  for (;;) {
    const path = activePath(graph, [...of], [...wrt], carriesGradient);
    const next = links.filter(({ output, input }) => path.values.has(input) && !of.has(output));
    if (next.length === 0) return path;
    for (const { output } of next) of.add(output);
  }
}
