import type { DataType } from "@xdeep/core";
import { isFloatType } from "@xdeep/onnx";

const INTEGER_BITS: Partial<Record<DataType, { readonly bits: number; readonly signed: boolean }>> = {
  int8: { bits: 8, signed: true },
  int16: { bits: 16, signed: true },
  int32: { bits: 32, signed: true },
  uint8: { bits: 8, signed: false },
  uint16: { bits: 16, signed: false },
  uint32: { bits: 32, signed: false },
};

/**
 * What a number becomes in an element of this type: truncated and wrapped for integers, 0 or 1 for booleans, itself for floats
 * (float16 and float32 keep float64 precision on purpose) and, beyond truncation, for 64-bit integers.
 */
export function toElementType(type: DataType, value: number): number {
  if (isFloatType(type)) return value;
  if (type === "bool") return value === 0 ? 0 : 1;
  const whole = Number.isFinite(value) ? Math.trunc(value) + 0 : value;
  const range = INTEGER_BITS[type];
  if (range === undefined) return whole;
  const span = 2 ** range.bits;
  const wrapped = ((whole % span) + span) % span;
  return range.signed && wrapped >= span / 2 ? wrapped - span : wrapped;
}

/** The lowest and highest finite number of an integer type of at most 32 bits. */
export function integerRange(type: DataType): readonly [number, number] {
  const range = INTEGER_BITS[type];
  if (range === undefined) return [-Infinity, Infinity];
  return range.signed ? [-(2 ** (range.bits - 1)), 2 ** (range.bits - 1) - 1] : [0, 2 ** range.bits - 1];
}
