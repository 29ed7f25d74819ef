import type { OperatorCall, OperatorTable } from "../operator-call.ts";
import { rowMajorStrides } from "../strides.ts";
import { type Value64, value64 } from "../value64.ts";

/** Puts each element where MaxPool took it from, zeros elsewhere. */
function maxUnpool(call: OperatorCall): readonly Value64[] {
  const [x, indices] = [call.input(0), call.input(1)];
  const inferred = inferredDims(call, x);
  const dims = call.integers(2) ?? inferred;
  const y = value64(x.type, dims);
  for (const [i, element] of x.data.entries()) y.data[moved(indices.data[i]!, inferred, dims)] = element;
  return [y];
}

/** The dims of the array that MaxPool saw, when no window reached beyond it. */
function inferredDims(call: OperatorCall, x: Value64): number[] {
  const kernel = call.attributes.ints("kernel_shape", []);
  const strides = call.attributes.ints("strides", kernel.map(() => 1));
  const pads = call.attributes.ints("pads", [...kernel, ...kernel].map(() => 0));
  const spatial = x.dims.slice(2).map((size, axis) => (size - 1) * strides[axis]! + kernel[axis]! - pads[axis]! - pads[axis + kernel.length]!);
  return [...x.dims.slice(0, 2), ...spatial];
}

/** The indices are positions in an array of the inferred dims; in a larger output the same coordinates lie elsewhere. */
function moved(index: number, from: readonly number[], to: readonly number[]): number {
  const [fromStrides, toStrides] = [rowMajorStrides(from), rowMajorStrides(to)];
  return from.reduce((offset, dim, axis) => offset + (Math.floor(index / fromStrides[axis]!) % dim) * toStrides[axis]!, 0);
}

/** The partial inverse of MaxPool. */
export const maxUnpoolOperators: OperatorTable = { MaxUnpool: maxUnpool };
