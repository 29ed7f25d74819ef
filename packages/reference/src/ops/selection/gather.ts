import { sizeOf } from "@xdeep/core";
import { axisView, normalizeAxis } from "../../arrays/axes.ts";
import { checkedIndex, elementOffsets, tupleOffsets } from "../../arrays/index-offsets.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { gatherAt } from "../../arrays/strides.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

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

function gatherElements(call: OperatorCall): readonly Value64[] {
  const [x, indices] = [call.input(0), call.input(1)];
  const axis = normalizeAxis(call.attributes.int("axis", 0), x.dims.length);
  return [value64(x.type, indices.dims, gatherAt(x.data, elementOffsets(x.dims, indices, axis)))];
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
