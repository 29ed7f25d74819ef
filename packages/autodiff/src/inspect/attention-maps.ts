import { Attributes, type Dim, type NodeProto, axisFromFront } from "@xdeep/onnx";
import { entryValues } from "../explain/entry-values.ts";
import type { TypedGraph } from "../graph/typed-graph.ts";
import { forwardReach } from "../sweep/path/active-path.ts";
import { carriesGradient } from "../sweep/coverage.ts";

/** The attention probabilities of one layer: [N, heads, queries, keys], or [N, queries, keys] where there are no heads. */
export interface AttentionMap {
  readonly name: string;
  readonly dims: readonly Dim[];
  readonly headsAxis: number | null;
}

/** What may stand between the probabilities and the product with the values. */
const PASSING: ReadonlySet<string> = new Set(["Cast", "Dropout", "Identity"]);

/** The attention probabilities of a network, from the input on: a Softmax over the last axis, whose result is multiplied with another value of the network. */
export function attentionMaps(graph: TypedGraph): readonly AttentionMap[] {
  const reached = forwardReach(graph, entryValues(graph), carriesGradient);
  const isValues = (node: NodeProto, probabilities: string): boolean =>
    node.opType === "MatMul" && node.input[0] === probabilities && reached.has(node.input[1] ?? "");
  const leadsToProduct = (name: string): boolean =>
    graph.nodes.some((node) => isValues(node, name) || (PASSING.has(node.opType) && node.input[0] === name && leadsToProduct(node.output[0] ?? "")));
  return graph.nodes.flatMap((node) => {
    const [name = ""] = node.output;
    const dims = graph.facts.get(name)?.dims ?? null;
    if (node.opType !== "Softmax" || dims === null || (dims.length !== 3 && dims.length !== 4) || !reached.has(name)) return [];
    const axis = axisFromFront(new Attributes(node).int("axis", -1), dims.length);
    if (axis !== dims.length - 1 || !leadsToProduct(name)) return [];
    return [{ name, dims, headsAxis: dims.length === 4 ? 1 : null }];
  });
}
