import type { DataType, TensorDataMap } from "./tensor.ts";

/** What makes the array of a type. */
export interface ElementArray<A> {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): A;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): A;
}

/** The array that holds the elements of each type; strings are in plain arrays. */
export const ELEMENT_ARRAYS: { readonly [T in Exclude<DataType, "string">]: ElementArray<TensorDataMap[T]> } = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

/** True for the types that carry a gradient. */
export function isFloatType(type: DataType): type is "float32" | "float64" | "float16" | "bfloat16" {
  return type === "float32" || type === "float64" || type === "float16" || type === "bfloat16";
}

/** Whether an input has no rows and no derivative, and so is one number or truth value for all of them: a sample rate, or a switch. */
export function isMode({ type, dims }: { readonly type: DataType | null; readonly dims: readonly unknown[] | null }): boolean {
  return dims?.length === 0 && type !== null && !isFloatType(type);
}

/** Name of the array that holds elements of this type, such as "Float32Array"; undefined for a type that does not exist. */
export function arrayNameOf(type: string): string | undefined {
  if (type === "string") return "Array";
  return Object.hasOwn(ELEMENT_ARRAYS, type) ? ELEMENT_ARRAYS[type as keyof typeof ELEMENT_ARRAYS].name : undefined;
}
