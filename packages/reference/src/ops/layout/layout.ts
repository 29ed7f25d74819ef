import { normalizeAxis } from "../../arrays/axes.ts";
import { broadcastDims, broadcastTo } from "../../arrays/broadcast.ts";
import { transposed } from "../../math/matrix-product.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { gatherAt, rowMajorStrides, stridedOffsets } from "../../arrays/strides.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

function transpose(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  return [
    transposed(
      x,
      call.attributes.ints(
        "perm",
        x.dims.map((_, axis) => x.dims.length - 1 - axis),
      ),
    ),
  ];
}

function expand(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const dims = broadcastDims(x.dims, [...call.input(1).data]);
  return [value64(x.type, dims, broadcastTo(x, dims))];
}

/** An axis of size d repeated r times is an axis pair [r, d] with stride 0 along r. */
function tile(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const repeats = [...call.input(1).data];
  const strides = rowMajorStrides(x.dims);
  const dims = x.dims.flatMap((dim, axis) => [repeats[axis]!, dim]);
  const offsets = stridedOffsets(
    dims,
    strides.flatMap((stride) => [0, stride]),
  );
  return [
    value64(
      x.type,
      x.dims.map((dim, axis) => dim * repeats[axis]!),
      gatherAt(x.data, offsets),
    ),
  ];
}

function slice(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const [starts, ends] = [[...call.input(1).data], [...call.input(2).data]];
  const axes = (call.integers(3) ?? starts.map((_, axis) => axis)).map((axis) => normalizeAxis(axis, x.dims.length));
  const steps = call.integers(4) ?? starts.map(() => 1);
  const dims = [...x.dims];
  const strides = rowMajorStrides(x.dims);
  let first = 0;
  for (const [i, axis] of axes.entries()) {
    const { start, count } = sliceRange(x.dims[axis]!, starts[i]!, ends[i]!, steps[i]!);
    dims[axis] = count;
    first += start * strides[axis]!;
    strides[axis]! *= steps[i]!;
  }
  return [value64(x.type, dims, gatherAt(x.data, stridedOffsets(dims, strides, first)))];
}

/** Where a slice of an axis of size `dim` starts and how many elements it has. */
function sliceRange(dim: number, from: number, to: number, step: number): { start: number; count: number } {
  const lowest = step > 0 ? 0 : -1;
  const highest = step > 0 ? dim : dim - 1;
  const clamp = (index: number, low: number): number => Math.min(Math.max(index < 0 ? index + dim : index, low), highest);
  const start = clamp(from, 0);
  return { start, count: Math.max(0, Math.ceil((clamp(to, lowest) - start) / step)) };
}

/** Copies, repeats and parts of the elements along the axes. */
export const layoutOperators: OperatorTable = { Expand: expand, Slice: slice, Tile: tile, Transpose: transpose };
