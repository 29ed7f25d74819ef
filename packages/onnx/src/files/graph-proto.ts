import { create } from "@bufbuild/protobuf";
import { type GraphProto, GraphProtoSchema } from "../gen/onnx_pb.ts";
import type { ModelParts } from "./model-proto.ts";

/** A graph of these nodes: the branch of an If, the body of a Loop. */
export function graphProto({ nodes, inputs, outputs, initializers = [], name = "graph" }: Omit<ModelParts, "opset" | "domains">): GraphProto {
  return create(GraphProtoSchema, { name, node: [...nodes], input: [...inputs], output: [...outputs], initializer: [...initializers] });
}
