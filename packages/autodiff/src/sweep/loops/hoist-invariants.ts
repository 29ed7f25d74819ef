import { type GraphBuilder, type NodeProto, operandsOf } from "@xdeep/onnx";
import { randomOperators } from "../../graph/operator-traits.ts";

/**
 * Moves what is the same in every step out of a loop's body: a transposed weight matrix, for instance, is worth more than the step.
 * `varying` are the names that change from step to step.
 */
export function hoistInvariants(inner: GraphBuilder, g: GraphBuilder, varying: readonly string[]): void {
  const inside = new Set(varying);
  const stays = (node: NodeProto): boolean => {
    if (!randomOperators.has(node.opType) && !operandsOf(node).some((name) => inside.has(name))) return false;
    for (const name of node.output) if (name !== "") inside.add(name);
    return true;
  };
  const kept: NodeProto[] = [];
  const moved: NodeProto[] = [];
  for (const node of inner.nodes) (stays(node) ? kept : moved).push(node);
  const read = new Set(moved.flatMap(operandsOf));
  for (const node of moved) g.nodes.push(node);
  for (const tensor of inner.initializers) if (read.has(tensor.name)) g.initializers.push(tensor);
  inner.nodes.splice(0, Infinity, ...kept);
  inner.initializers.splice(0, Infinity, ...inner.initializers.filter(({ name }) => !read.has(name)));
}
