import type { DataType } from "./tensor.ts";

/** Name of the JavaScript array that holds each element type. */
const ARRAY_NAMES: Readonly<Record<DataType, string>> = {
  float32: "Float32Array",
  float64: "Float64Array",
  float16: "Uint16Array",
  bfloat16: "Uint16Array",
  int8: "Int8Array",
  int16: "Int16Array",
  int32: "Int32Array",
  int64: "BigInt64Array",
  uint8: "Uint8Array",
  uint16: "Uint16Array",
  uint32: "Uint32Array",
  uint64: "BigUint64Array",
  bool: "Uint8Array",
  string: "Array",
};

/** True for the types that carry a gradient. */
export function isFloatType(type: DataType): type is "float32" | "float64" | "float16" | "bfloat16" {
  return type === "float32" || type === "float64" || type === "float16" || type === "bfloat16";
}

/** Name of the array that holds elements of this type, such as "Float32Array"; undefined for a type that does not exist. */
export function arrayNameOf(type: string): string | undefined {
  return Object.hasOwn(ARRAY_NAMES, type) ? ARRAY_NAMES[type as DataType] : undefined;
}
