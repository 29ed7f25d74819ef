import { type Value, graphProto } from "@xdeep/onnx";
import { neededNodes } from "./needed-nodes.ts";
import type { PullbackContext } from "./rule.ts";

/**
 * The input cotangents of a node whose outputs `compose` writes with simpler operators, in order; null for outputs that it leaves out. They
 * are taken back by the rules in force, so that rectifiers inside count as such. The node itself stays in the forward pass.
 */
export function sweepComposition(context: PullbackContext, compose: (context: PullbackContext) => readonly (Value | null)[]): readonly (Value | null)[] {
  const { g, inputCount, outputCount, input, hasInput, wants, hasCotangent, cotangent } = context;
  const given = Array.from({ length: outputCount }, (_, i) => (hasCotangent(i) ? cotangent(i) : null));
  const wrt = Array.from({ length: inputCount }, (_, i) => (hasInput(i) && wants(i) ? input(i).name : null));
  const first = g.nodes.length;
  const cotangents = new Map(compose(context).flatMap((output, i) => (output === null || given[i] == null ? [] : [[output.name, given[i]] as const])));
  const graph = graphProto({ nodes: g.nodes.slice(first), inputs: [], outputs: [], initializers: g.initializers });
  const total = context.sweepSubgraph({ g, graph, inputs: [], cotangents, wrt: wrt.filter((name) => name !== null) });
  // A value that is fed twice has one cotangent.
  const results = wrt.map((name, i) => (name === null || wrt.indexOf(name) !== i ? null : total(name)));
  g.nodes.splice(first, Infinity, ...neededNodes(g.nodes.slice(first), results.flatMap((value) => value?.name ?? [])));
  return results;
}
