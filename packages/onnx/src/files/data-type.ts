import { type DataType, XDeepError } from "@xdeep/core";
import { TensorProto_DataType as Type } from "../gen/onnx_pb.ts";

const NAMES: Readonly<Record<number, DataType>> = {
  [Type.FLOAT]: "float32",
  [Type.UINT8]: "uint8",
  [Type.INT8]: "int8",
  [Type.UINT16]: "uint16",
  [Type.INT16]: "int16",
  [Type.INT32]: "int32",
  [Type.INT64]: "int64",
  [Type.STRING]: "string",
  [Type.BOOL]: "bool",
  [Type.FLOAT16]: "float16",
  [Type.DOUBLE]: "float64",
  [Type.UINT32]: "uint32",
  [Type.UINT64]: "uint64",
  [Type.BFLOAT16]: "bfloat16",
};

const CODES = new Map(Object.entries(NAMES).map(([code, name]) => [name, Number(code)]));

const BITS: Readonly<Partial<Record<number, number>>> = {
  [Type.FLOAT]: 32,
  [Type.UINT8]: 8,
  [Type.INT8]: 8,
  [Type.UINT16]: 16,
  [Type.INT16]: 16,
  [Type.INT32]: 32,
  [Type.INT64]: 64,
  [Type.BOOL]: 8,
  [Type.FLOAT16]: 16,
  [Type.DOUBLE]: 64,
  [Type.UINT32]: 32,
  [Type.UINT64]: 64,
  [Type.COMPLEX64]: 64,
  [Type.COMPLEX128]: 128,
  [Type.BFLOAT16]: 16,
  [Type.FLOAT8E4M3FN]: 8,
  [Type.FLOAT8E4M3FNUZ]: 8,
  [Type.FLOAT8E5M2]: 8,
  [Type.FLOAT8E5M2FNUZ]: 8,
  [Type.FLOAT8E8M0]: 8,
  [Type.UINT4]: 4,
  [Type.INT4]: 4,
  [Type.FLOAT4E2M1]: 4,
  [Type.UINT2]: 2,
  [Type.INT2]: 2,
};

/** Bits that an element of an ONNX element type takes as raw bytes; undefined for text and for types that do not exist. */
export function bitsPerElement(code: number): number | undefined {
  return BITS[code];
}

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
