import { type DataType, XDeepError } from "@xdeep/core";
import { TensorProto_DataType } from "./gen/onnx_pb.ts";

const NAMES: Readonly<Record<number, DataType>> = {
  [TensorProto_DataType.FLOAT]: "float32",
  [TensorProto_DataType.UINT8]: "uint8",
  [TensorProto_DataType.INT8]: "int8",
  [TensorProto_DataType.UINT16]: "uint16",
  [TensorProto_DataType.INT16]: "int16",
  [TensorProto_DataType.INT32]: "int32",
  [TensorProto_DataType.INT64]: "int64",
  [TensorProto_DataType.STRING]: "string",
  [TensorProto_DataType.BOOL]: "bool",
  [TensorProto_DataType.FLOAT16]: "float16",
  [TensorProto_DataType.DOUBLE]: "float64",
  [TensorProto_DataType.UINT32]: "uint32",
  [TensorProto_DataType.UINT64]: "uint64",
  [TensorProto_DataType.BFLOAT16]: "bfloat16",
};

const CODES = new Map(Object.entries(NAMES).map(([code, name]) => [name, Number(code)]));

/** The name of an ONNX element type, or null for one that has no plain array here (complex, 8-bit floats, 4-bit integers). */
export function dataTypeName(code: number): DataType | null {
  return NAMES[code] ?? null;
}

/** The ONNX number of an element type. */
export function dataTypeCode(type: DataType): number {
  const code = CODES.get(type);
  if (code === undefined) throw new XDeepError("MODEL_UNSUPPORTED", `ONNX has no element type "${type}".`, { details: { type } });
  return code;
}

/** True for the types that carry gradients. */
export function isFloatType(type: DataType | null): boolean {
  return type === "float32" || type === "float64" || type === "float16" || type === "bfloat16";
}
