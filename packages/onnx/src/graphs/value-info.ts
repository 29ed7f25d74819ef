import { create } from "@bufbuild/protobuf";
import type { DataType } from "@xdeep/core";
import { dataTypeCode } from "../files/data-type.ts";
import type { Dim } from "./facts.ts";
import { type ValueInfoProto, ValueInfoProtoSchema } from "../gen/onnx_pb.ts";

/** An input or output declaration of a tensor; without dims where the rank is unknown. */
export function valueInfoProto(name: string, type: DataType, dims: readonly Dim[] | null): ValueInfoProto {
  const elemType = dataTypeCode(type);
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: dims === null ? { elemType } : { elemType, shape: { dim: dims.map((dim) => ({ value: dimValue(dim) })) } } } },
  });
}

function dimValue(dim: Dim): { case: "dimValue"; value: bigint } | { case: "dimParam"; value: string } | { case: undefined } {
  if (typeof dim === "number") return { case: "dimValue", value: BigInt(dim) };
  return dim === null ? { case: undefined } : { case: "dimParam", value: dim };
}
