import { create } from "@bufbuild/protobuf";
import { type ModelProto, StringStringEntryProtoSchema } from "../gen/onnx_pb.ts";

/** Entries of a model's `metadata_props`: texts by key, which every ONNX Runtime hands back. */
export function metadataProps(entries: Readonly<Record<string, string>>): ModelProto["metadataProps"] {
  return Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
}
