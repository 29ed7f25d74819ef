import { toBinary } from "@bufbuild/protobuf";
import { type ModelProto, ModelProtoSchema } from "./gen/onnx_pb.ts";

/** The bytes of an ONNX file: fields in the order of their numbers, as the protobuf libraries write them, then fields this version does not know. */
export function writeModel(model: ModelProto): Uint8Array<ArrayBuffer> {
  return toBinary(ModelProtoSchema, model);
}
