import { toElementType } from "./element-type.ts";
import { gatherAt, rowMajorStrides, stridedOffsets } from "./strides.ts";
import { type Value64, value64 } from "./value64.ts";

/** One number out of the elements that are reduced together. */
export type Reduction = (elements: Float64Array) => number;

/** Reduces `axes`, which stay as axes of size 1 on request. */
export function reduced(x: Value64, axes: readonly number[], keepDims: boolean, reduction: Reduction): Value64 {
  const strides = rowMajorStrides(x.dims);
  const all = x.dims.map((_, axis) => axis);
  const [kept, gone] = [all.filter((axis) => !axes.includes(axis)), all.filter((axis) => axes.includes(axis))];
  const offsetsOf = (part: readonly number[]): Int32Array =>
    stridedOffsets(
      part.map((axis) => x.dims[axis]!),
      part.map((axis) => strides[axis]!),
    );
  const within = offsetsOf(gone);
  const starts = offsetsOf(kept);
  const data = new Float64Array(starts.length);
  for (let i = 0; i < data.length; i++) {
    const start = starts[i]!;
    data[i] = toElementType(
      x.type,
      reduction(
        gatherAt(
          x.data,
          within.map((offset) => start + offset),
        ),
      ),
    );
  }
  const dims = keepDims ? x.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim)) : kept.map((axis) => x.dims[axis]!);
  return value64(x.type, dims, data);
}
