import type { AttributeProto, GraphProto } from "./gen/onnx_pb.ts";
import { withFields } from "./with-fields.ts";

/** An attribute with its graphs replaced; other attributes as they are. */
export function mapGraphs(attribute: AttributeProto, map: (graph: GraphProto) => GraphProto): AttributeProto {
  if (attribute.g === undefined && attribute.graphs.length === 0) return attribute;
  return withFields(attribute, {
    ...(attribute.g === undefined ? {} : { g: map(attribute.g) }),
    ...(attribute.graphs.length === 0 ? {} : { graphs: attribute.graphs.map(map) }),
  });
}
