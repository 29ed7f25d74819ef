import type { Rule } from "@xdeep/core";
import type { GraphBuilder, NodeProto, Value } from "@xdeep/onnx";
import type { GradientRule } from "./rule.ts";

/** What lowerings ask about a node's neighbours, in the forward pass and in what is written of the gradient. */
export interface Surroundings {
  /** The forward node that makes a value; null for inputs, weights, and values from around a subgraph. */
  producerOf(name: string): NodeProto | null;
  /** How gradients pass a forward node. */
  passageOf(node: NodeProto): Passage | null;
  /** True for values whose gradient is asked for: no node may hand their cotangent past them. */
  isWanted(name: string): boolean;
  /** The gradient's node that made a value; null for forward values and constants. */
  writtenBy(value: Value): NodeProto | null;
  /** The values that are fed to the graph. */
  readonly inputs: readonly Value[];
  /** What is known of cotangents beyond their facts, by name; lowerings add to it. */
  readonly forms: Map<string, CotangentForm>;
  /** The forward nodes that stand in another form, which computes the same; null where the forward pass must stay as it is. */
  readonly replaced: Map<NodeProto, readonly NodeProto[]> | null;
}

/** A rule, and the modified backward rule that acts on top of it. */
export interface Passage {
  readonly rule: GradientRule;
  readonly modification: Rule;
}

/** A cotangent that is written in parts, or known to vanish somewhere. */
export interface CotangentForm {
  /** Name of a value y ≥ 0: the cotangent is 0 wherever y is. */
  readonly zeroWith?: string;
  /** The cotangent [N, C, 2 H, 2 W] as four tensors [N, C, H, W]: even rows and columns, even rows and odd columns, odd and even, odd and odd. */
  readonly phases?: readonly [Value, Value, Value, Value];
}

/** Finds the nodes of a builder by what they make, those written since the last call included. */
export function writtenNodes(g: GraphBuilder): (value: Value) => NodeProto | null {
  const found = new Map<string, NodeProto>();
  let next = 0;
  return (value) => {
    for (; next < g.nodes.length; next++) for (const name of g.nodes[next]!.output) found.set(name, g.nodes[next]!);
    return found.get(value.name) ?? null;
  };
}
