import { XDeepError, sizeOf } from "@xdeep/core";
import { axisView, normalizeAxis } from "../axes.ts";
import type { OperatorCall, OperatorTable } from "../operator-call.ts";
import { gatherAt, rowMajorStrides, stridedOffsets } from "../strides.ts";
import { type Value64, value64 } from "../value64.ts";

/** A possibly negative index into `size` elements; one outside is an error, as engines make it. */
export function checkedIndex(index: number, size: number): number {
  const position = index < 0 ? index + size : index;
  if (position < 0 || position >= size) throw new XDeepError("INPUT_SHAPE", `Index ${index} lies outside of ${size} elements.`);
  return position;
}

function gather(call: OperatorCall): readonly Value64[] {
  const [x, indices] = [call.input(0), call.input(1)];
  const axis = normalizeAxis(call.attributes.int("axis", 0), x.dims.length);
  const { outer, size, inner } = axisView(x.dims, axis);
  const dims = [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)];
  const data = new Float64Array(sizeOf(dims));
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (const index of indices.data) {
      const start = (o * size + checkedIndex(index, size)) * inner;
      data.set(x.data.subarray(start, start + inner), at);
      at += inner;
    }
  }
  return [value64(x.type, dims, data)];
}

/**
 * Where in an array of `dims` each element of `indices` points when its own position gives all other axes: what GatherElements reads and
 * ScatterElements writes.
 */
export function elementOffsets(dims: readonly number[], indices: Value64, axis: number): Int32Array {
  const strides = rowMajorStrides(dims);
  const stride = strides[axis]!;
  const rest = stridedOffsets(indices.dims, strides.map((own, i) => (i === axis ? 0 : own)));
  return rest.map((offset, i) => offset + checkedIndex(indices.data[i]!, dims[axis]!) * stride);
}

function gatherElements(call: OperatorCall): readonly Value64[] {
  const [x, indices] = [call.input(0), call.input(1)];
  const axis = normalizeAxis(call.attributes.int("axis", 0), x.dims.length);
  return [value64(x.type, indices.dims, gatherAt(x.data, elementOffsets(x.dims, indices, axis)))];
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

function gatherNd(call: OperatorCall): readonly Value64[] {
  const [x, indices] = [call.input(0), call.input(1)];
  const batchDims = call.attributes.int("batch_dims", 0);
  const rowDims = x.dims.slice(batchDims);
  const rowSize = sizeOf(rowDims);
  const sliceDims = rowDims.slice(indices.dims.at(-1)!);
  const sliceSize = sizeOf(sliceDims);
  const starts = tupleOffsets(rowDims, indices);
  const perRow = sizeOf(indices.dims.slice(batchDims, -1));
  const dims = [...indices.dims.slice(0, -1), ...sliceDims];
  const data = new Float64Array(sizeOf(dims));
  for (const [t, start] of starts.entries()) {
    const first = Math.floor(t / perRow) * rowSize + start;
    data.set(x.data.subarray(first, first + sliceSize), t * sliceSize);
  }
  return [value64(x.type, dims, data)];
}

/** Reading at indices. */
export const gatherOperators: OperatorTable = { Gather: gather, GatherElements: gatherElements, GatherND: gatherNd };
