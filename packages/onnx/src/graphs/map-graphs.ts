import type { AttributeProto, GraphProto } from "../gen/onnx_pb.ts";
import { withFields } from "./with-fields.ts";

/** An attribute with its graphs replaced; an attribute whose graphs stay the same is returned as it is. */
export function mapGraphs(attribute: AttributeProto, map: (graph: GraphProto) => GraphProto): AttributeProto {
  if (attribute.g === undefined && attribute.graphs.length === 0) return attribute;
  const g = attribute.g === undefined ? undefined : map(attribute.g);
  const graphs = attribute.graphs.map(map);
  if (g === attribute.g && graphs.every((graph, index) => graph === attribute.graphs[index])) return attribute;
  return withFields(attribute, { ...(g === undefined ? {} : { g }), ...(graphs.length === 0 ? {} : { graphs }) });
}
