import { type ModelProto, type NodeProto, dataTypeCode, inferGraph, nodeProto, withFields } from "@xdeep/onnx";
import { graphOf } from "../../graph/typed-graph.ts";

/** Replaces every CastLike whose type is known before the run by a Cast: the value that only lends its type is then no operand. */
export function plainCasts(model: ModelProto): ModelProto {
  const graph = graphOf(model);
  if (!graph.node.some(({ opType }) => opType === "CastLike")) return model;
  const facts = inferGraph(model);
  const plain = (node: NodeProto): NodeProto => {
    const type = node.opType === "CastLike" ? (facts.get(node.input[1] ?? "")?.type ?? null) : null;
    return type === null ? node : nodeProto("Cast", node.input.slice(0, 1), node.output, { to: dataTypeCode(type) }, { name: node.name });
  };
  return withFields(model, { graph: withFields(graph, { node: graph.node.map(plain) }) });
}
