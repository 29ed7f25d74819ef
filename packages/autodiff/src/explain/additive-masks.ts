import { type NodeProto, isDefaultDomain, subgraphsOf } from "@xdeep/onnx";
import { nonDifferentiableOperators, rearrangingOperators } from "../graph/operator-traits.ts";
import { type TypedGraph, floatInputs } from "../graph/typed-graph.ts";

/** Inputs of attention operators that are added to its scores, by operator. */
const MASK_INPUTS: Readonly<Record<string, number>> = { Attention: 3, "com.microsoft:Attention": 5, "com.microsoft:MultiHeadAttention": 5 };

/**
 * The float inputs that are only added to the scores of a softmax, after they were moved or stretched perhaps. −∞ in such a mask shuts an entry
 * out: the network and its gradient stay finite.
 */
export function additiveMasks(graph: TypedGraph): readonly string[] {
  const readers = new Map<string, NodeProto[]>();
  for (const node of graph.nodes) for (const name of new Set(node.input)) readers.set(name, [...(readers.get(name) ?? []), node]);
  const inner = new Set(graph.nodes.flatMap((node) => subgraphsOf(node)).flatMap(({ node }) => node.flatMap(({ input }) => input)));
  const outputs = new Set(graph.graph.output.map(({ name }) => name));
  return floatInputs(graph).filter((input) => {
    // True once something was added: what may come then is a softmax.
    const added = new Map([[input, false]]);
    let reachesSoftmax = false;
    for (const [name, isAdded] of added) {
      if (outputs.has(name) || inner.has(name)) return false;
      for (const node of readers.get(name) ?? []) {
        const next = roleOf(node, name, isAdded);
        if (next === "other") return false;
        if (next === "ends") reachesSoftmax = true;
        else if (next !== "read") added.set(node.output[0] ?? "", next === "added");
      }
    }
    return reachesSoftmax;
  });
}

/** What a node does with a mask: passes it on, adds it to scores, ends in a softmax, only compares it, or something else, to which −∞ may do harm. */
function roleOf(node: NodeProto, name: string, isAdded: boolean): "added" | "ends" | "mask" | "other" | "read" {
  const { opType, input } = node;
  const key = isDefaultDomain(node.domain) ? opType : `${node.domain}:${opType}`;
  if (nonDifferentiableOperators.has(key)) return "read";
  if (MASK_INPUTS[key] !== undefined) return input.indexOf(name) === MASK_INPUTS[key] && input.lastIndexOf(name) === input.indexOf(name) ? "ends" : "other";
  if (opType === "Add" && input[0] !== input[1]) return "added";
  if (opType === "Softmax" || opType === "LogSoftmax") return isAdded && opType === "Softmax" ? "ends" : "other";
  if (opType === "Cast" || opType === "ReduceMax" || (rearrangingOperators.has(opType) && input.indexOf(name) === 0)) return isAdded ? "added" : "mask";
  return "other";
}
