import { type GraphProto, type ModelProto, type NodeProto, namesOfGraph, operandsOf, renameNode, takeName, withFields } from "@xdeep/onnx";

import type { ExplainerModel } from "./explainer-model.ts";

/** An explainer of several targets: names of inputs and outputs for each of them. What does not depend on a target has one name for all. */
export interface SeveralTargets extends Omit<ExplainerModel, "names"> {
  readonly names: readonly ExplainerModel["names"][];
}

/**
 * Explains several targets of the same rows in one run: what depends on the target, which is the backward pass, is there once for each, and the
 * network itself once for all of them. So k gradients cost one forward and k backward passes.
 */
export function severalTargets({ model, names, ...facts }: ExplainerModel, count: number): SeveralTargets {
  const graph = model.graph!;
  const taken = namesOfGraph(graph);
  const copies = Array.from({ length: count - 1 }, (_, k) => copyOfTarget(graph, names.target, `target ${k + 2}`, taken));
  return {
    ...facts,
    model: copies.length === 0 ? model : withCopies(model, graph, copies),
    names: [names, ...copies.map(({ rename }) => renamed(names, rename))],
  };
}

interface TargetCopy {
  readonly nodes: readonly NodeProto[];
  readonly rename: (name: string) => string;
}

/** The nodes that depend on the target, under names of their own. */
function copyOfTarget(graph: GraphProto, target: string, scope: string, taken: Set<string>): TargetCopy {
  const copied = new Map([[target, takeName(taken, `${scope}/${target}`)]]);
  const rename = (name: string): string => copied.get(name) ?? name;
  const nodes: NodeProto[] = [];
  for (const node of graph.node) {
    if (!operandsOf(node).some((name) => copied.has(name))) continue;
    for (const name of node.output) if (name !== "") copied.set(name, takeName(taken, `${scope}/${name}`));
    nodes.push(renameNode(node, rename, scope));
  }
  return { nodes, rename };
}

/** Each copied pass after the one before it, so that one has ended when the next begins and their values do not lie in memory together. */
function withCopies(model: ModelProto, graph: GraphProto, copies: readonly TargetCopy[]): ModelProto {
  const own = <T extends { readonly name: string }>(values: readonly T[]): T[] =>
    copies.flatMap(({ rename }) => values.filter(({ name }) => rename(name) !== name).map((value) => ({ ...value, name: rename(value.name) })));
  return withFields(model, {
    graph: withFields(graph, {
      node: [...graph.node, ...copies.flatMap(({ nodes }) => nodes)],
      input: [...graph.input, ...own(graph.input)],
      output: [...graph.output, ...own(graph.output)],
      valueInfo: [...graph.valueInfo, ...own(graph.valueInfo)],
    }),
  });
}

function renamed(
  { target, index, scores, referenceScores, gradients, sums, ...shared }: ExplainerModel["names"],
  rename: (name: string) => string,
): ExplainerModel["names"] {
  const all = (record: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, rename(value)]));
  return {
    ...shared,
    target: rename(target),
    index: rename(index),
    scores: rename(scores),
    referenceScores: referenceScores && rename(referenceScores),
    gradients: all(gradients),
    sums: all(sums),
  };
}
