import { type GraphBuilder, type GraphProto, type NodeProto, type TensorProto, type Value, graphProto, operandsOf, valueInfoProto } from "@xdeep/onnx";
import { copySubgraph } from "../../graph/copy-subgraph.ts";
import { neededNodes } from "../../graph/needed-nodes.ts";
import type { PullbackContext } from "../rule.ts";
import { twinWithin, writeTwin } from "../twin.ts";

export interface GradientBodyOptions {
  /** What the subgraph's inputs are called in the copy, and what is known of them. */
  readonly inputs: readonly Value[];
  /** ȳ of the subgraph's outputs, in order; null where nothing depends on one. */
  readonly cotangents: readonly (Value | null)[];
  /** Inputs of the copy and outer values whose cotangents are wanted. */
  readonly wrt: readonly Value[];
  /** The inputs in the reference run, for rules that compare two runs; those that are the same in both as they are. */
  readonly twins?: readonly Value[] | undefined;
}

/** Copies a subgraph into `g`, which stands for a graph of its own, and sweeps back through the copy. Returns x̄ by name; null where there is none. */
export function gradientBody(
  { node, sweepSubgraph, twin }: PullbackContext,
  g: GraphBuilder,
  subgraph: GraphProto,
  options: GradientBodyOptions,
): (name: string) => Value | null {
  const { inputs, wrt } = options;
  const copy = copyInto(g, subgraph, inputs, node);
  const cotangents = new Map<string, Value>();
  for (const [i, name] of copy.outputs.entries()) {
    const [dy, other] = [options.cotangents[i] ?? null, cotangents.get(name)];
    if (dy !== null) cotangents.set(name, other === undefined ? dy : g.add(other, dy));
  }
  const graph = graphProto({ nodes: copy.nodes, inputs: inputs.map(info), outputs: [], initializers: copy.initializers, name: g.freshName("copy") });
  const fed = new Map(inputs.map(({ name }, i) => [name, options.twins?.[i]?.name ?? name]));
  const twins = options.twins && new Map([...fed, ...writeTwin(g, copy.nodes, twinWithin(fed, twin))]);
  return sweepSubgraph({ g, graph, inputs: inputs.map(({ facts }) => facts), cotangents, wrt: wrt.map(({ name }) => name), twins });
}

/** Writes a copy of a subgraph's nodes; its inputs are the given values. Returns the names of its outputs. */
export function copyInto(g: GraphBuilder, subgraph: GraphProto, inputs: readonly Value[], node: NodeProto): ReturnType<typeof copySubgraph> {
  const copy = copySubgraph(
    subgraph,
    inputs.map(({ name }) => name),
    (name) => g.freshName(name),
    node.name,
  );
  g.append(copy.nodes, copy.initializers);
  return copy;
}

/**
 * A subgraph out of a builder: only what its outputs need. Outputs are passed on by Identity, since engines refuse outer values and inputs there.
 *
 * @param declared what is said of the outputs
 */
export function subgraphOf(g: GraphBuilder, inputs: readonly Value[], outputs: readonly Value[], declared: typeof info = info): GraphProto {
  const results = outputs.map((value) => ({ ...g.op("Identity", [value]), facts: value.facts }));
  const nodes = neededNodes(
    g.nodes,
    results.map(({ name }) => name),
  );
  return graphProto({ nodes, inputs: inputs.map(info), outputs: results.map(declared), initializers: usedInitializers(g, nodes), name: g.freshName("body") });
}

/** The values among these that outputs depend on. */
export function usedValues(g: GraphBuilder, values: readonly Value[], outputs: readonly Value[]): readonly Value[] {
  const names = outputs.map(({ name }) => name);
  const read = new Set([...names, ...neededNodes(g.nodes, names).flatMap(operandsOf)]);
  return values.filter(({ name }) => read.has(name));
}

function usedInitializers(g: GraphBuilder, nodes: readonly NodeProto[]): readonly TensorProto[] {
  const read = new Set(nodes.flatMap(operandsOf));
  return g.initializers.filter(({ name }) => read.has(name));
}

/** Declares a value with its axes, which a Scan inside another loop must see of what its body makes, and with the sizes that are numbers. */
function info({ name, facts }: Value): GraphProto["input"][number] {
  return valueInfoProto(name, facts.type ?? "float32", facts.dims?.map((dim) => (typeof dim === "number" ? dim : null)) ?? null);
}
