import { sizeOf } from "@xdeep/core";
import type { Dim } from "../graphs/facts.ts";
import { dot, rowMajorStrides, unravel } from "./broadcast.ts";
import type { KnownElements } from "./elements.ts";

/** The elements of an output of these dims, each taken from where `source` says: an index into the operand, or null where that is unknown. */
export function selectElements(
  operand: KnownElements,
  dims: readonly number[],
  source: (index: readonly number[]) => readonly number[] | null,
): readonly Dim[] {
  const strides = rowMajorStrides(operand.dims);
  return Array.from({ length: sizeOf(dims) }, (_, flat) => {
    const index = source(unravel(flat, dims));
    return index === null ? null : (operand.values[dot(index, strides)] ?? null);
  });
}

/** The index moved by `offset` along `axis`. */
export function shiftIndex(index: readonly number[], axis: number, offset: number): readonly number[] {
  return index.map((at, other) => (other === axis ? at + offset : at));
}
