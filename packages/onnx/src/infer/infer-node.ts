import type { Dim, Facts } from "../graphs/facts.ts";
import { unknownFacts } from "../graphs/facts.ts";
import type { NodeProto } from "../gen/onnx_pb.ts";
import { constantOf } from "./elements.ts";
import { type InferenceContext, NodeView } from "./rule.ts";
import { inferenceRule } from "./rules.ts";

/**
 * What can be said of a node's outputs before any run, one entry per output. `inputs` holds null where an optional input is left out.
 * A size that cannot be computed gets a symbol of its own, named after the output and the axis ("conv1.2"). Unknown operators yield unknown facts.
 *
 * @throws {XDeepError} MODEL_INVALID when the inputs contradict the operator, as for a convolution with another number of channels.
 */
export function inferNode(node: NodeProto, inputs: readonly (Facts | null)[], context: InferenceContext): Facts[] {
  const facts = inferenceRule(node.domain, node.opType)?.(new NodeView(node, inputs, context)) ?? [];
  // Outputs that share a list of dims share its fresh symbols.
  const named = new Map<readonly Dim[], readonly Dim[]>();
  return node.output.map((output, index) => {
    const { dims, ...rest } = facts[index] ?? unknownFacts;
    if (dims === null) return { ...rest, dims };
    const symbols =
      named.get(dims) ?? dims.map((dim, axis) => (isSize(dim) ? dim : freshSymbol(output || `${node.output.find(Boolean)}.${index}`, axis, context)));
    named.set(dims, symbols);
    const constant = rest.constant ?? constantOf(rest.type, symbols, rest.elements);
    return { ...rest, dims: symbols, ...(constant === undefined ? {} : { constant }) };
  });
}

/** A number below 0, or one that is not whole, comes from sizes that do not fit together; what then happens is up to the engine. */
function isSize(dim: Dim): dim is number | string {
  return typeof dim === "number" ? Number.isSafeInteger(dim) && dim >= 0 : dim !== null;
}

/** The symbol of a size that nothing is known of. Names of values are unique within a graph, `scope` keeps those of subgraphs apart. */
export function freshSymbol(value: string, axis: number, context: Pick<InferenceContext, "scope">): string {
  return `${context.scope ?? ""}${value}.${axis}`;
}
