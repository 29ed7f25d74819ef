import { XDeepError } from "@xdeep/core";
import { gatherAt, rowMajorStrides, stridedOffsets } from "./strides.ts";
import type { Value64 } from "./value64.ts";

/**
 * The dims that all of these broadcast to: aligned at the last axis, 1 stretches.
 *
 * @throws {XDeepError} INPUT_SHAPE when two dims differ and neither is 1.
 */
export function broadcastDims(...all: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...all.map((dims) => dims.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = all.map((dims) => dims[axis - rank + dims.length] ?? 1);
    const size = sizes.find((dim) => dim !== 1) ?? 1;
    if (sizes.some((dim) => dim !== 1 && dim !== size)) {
      throw new XDeepError("INPUT_SHAPE", `Dims ${all.map((dims) => `[${dims.join(", ")}]`).join(" and ")} do not broadcast together.`);
    }
    return size;
  });
}

/** Strides that read an array of `dims` as if it had the dims `to`: 0 along stretched axes. */
export function broadcastStrides(dims: readonly number[], to: readonly number[]): number[] {
  const strides = rowMajorStrides(dims);
  return to.map((_, axis) => {
    const own = axis - to.length + dims.length;
    return own < 0 || dims[own] === 1 ? 0 : strides[own]!;
  });
}

/** The elements of `value` repeated to the dims `to`; its own array when nothing repeats. */
export function broadcastTo(value: Value64, to: readonly number[]): Float64Array {
  if (value.dims.length === to.length && value.dims.every((dim, axis) => dim === to[axis])) return value.data;
  return gatherAt(value.data, stridedOffsets(to, broadcastStrides(value.dims, to)));
}
