import { XDeepError, sizeOf } from "@xdeep/core";
import { rowMajorStrides, stridedOffsets } from "./strides.ts";
import type { Value64 } from "./value64.ts";

/** A possibly negative index into `size` elements; one outside is an error, as engines make it. */
export function checkedIndex(index: number, size: number): number {
  const position = index < 0 ? index + size : index;
  if (position < 0 || position >= size) throw new XDeepError("INPUT_SHAPE", `Index ${index} lies outside of ${size} elements.`);
  return position;
}

/**
 * Where in an array of `dims` each element of `indices` points when its own position gives all other axes: what GatherElements reads and
 * ScatterElements writes.
 */
export function elementOffsets(dims: readonly number[], indices: Value64, axis: number): Int32Array {
  const strides = rowMajorStrides(dims);
  const stride = strides[axis]!;
  const rest = stridedOffsets(
    indices.dims,
    strides.map((own, i) => (i === axis ? 0 : own)),
  );
  return rest.map((offset, i) => offset + checkedIndex(indices.data[i]!, dims[axis]!) * stride);
}

/** Where the slice starts that each index tuple (the last axis of `indices`) names in an array of `dims`. */
export function tupleOffsets(dims: readonly number[], indices: Value64): Int32Array {
  const length = indices.dims.at(-1)!;
  const strides = rowMajorStrides(dims);
  const offsets = new Int32Array(sizeOf(indices.dims.slice(0, -1)));
  for (let t = 0; t < offsets.length; t++) {
    for (let i = 0; i < length; i++) offsets[t]! += checkedIndex(indices.data[t * length + i]!, dims[i]!) * strides[i]!;
  }
  return offsets;
}
