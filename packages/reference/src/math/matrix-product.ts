import { XDeepError, sizeOf } from "@xdeep/core";
import { broadcastDims, broadcastStrides } from "../arrays/broadcast.ts";
import { gatherAt, rowMajorStrides, stridedOffsets } from "../arrays/strides.ts";
import { type Value64, value64 } from "../arrays/value64.ts";

/** A copy whose axis i is axis `order[i]` of x. */
export function transposed(x: Value64, order: readonly number[]): Value64 {
  const strides = rowMajorStrides(x.dims);
  const dims = order.map((axis) => x.dims[axis]!);
  return value64(
    x.type,
    dims,
    gatherAt(
      x.data,
      stridedOffsets(
        dims,
        order.map((axis) => strides[axis]!),
      ),
    ),
  );
}

/** A copy with its last two axes swapped. */
export function transposedMatrices(x: Value64): Value64 {
  const order = x.dims.map((_, axis) => axis);
  return transposed(x, [...order.slice(0, -2), order.at(-1)!, order.at(-2)!]);
}

/**
 * Matrix product of the last two axes, the others broadcast; an operand of rank 1 is a row on the left, a column on the right.
 *
 * @throws {XDeepError} INPUT_SHAPE when the inner dims differ.
 */
export function matrixProduct(a: Value64, b: Value64): Value64 {
  const left = a.dims.length === 1 ? [1, ...a.dims] : a.dims;
  const right = b.dims.length === 1 ? [...b.dims, 1] : b.dims;
  const [rows, inner, columns] = [left.at(-2)!, left.at(-1)!, right.at(-1)!];
  if (right.at(-2) !== inner) {
    throw new XDeepError("INPUT_SHAPE", `Matrices of dims [${a.dims.join(", ")}] and [${b.dims.join(", ")}] cannot be multiplied.`);
  }
  const batch = broadcastDims(left.slice(0, -2), right.slice(0, -2));
  const leftStarts = matrixStarts(left, batch);
  const rightStarts = matrixStarts(right, batch);
  const data = new Float64Array(sizeOf(batch) * rows * columns);
  for (let n = 0; n < leftStarts.length; n++) {
    const y = data.subarray(n * rows * columns, (n + 1) * rows * columns);
    addProduct(y, a.data.subarray(leftStarts[n]), b.data.subarray(rightStarts[n]), rows, inner, columns);
  }
  const dims = [...batch, ...(a.dims.length === 1 ? [] : [rows]), ...(b.dims.length === 1 ? [] : [columns])];
  return value64(a.type, dims, data);
}

/** Where each matrix of the batch starts in an operand. */
function matrixStarts(dims: readonly number[], batch: readonly number[]): Int32Array {
  const size = dims.at(-2)! * dims.at(-1)!;
  return stridedOffsets(
    batch,
    broadcastStrides(dims.slice(0, -2), batch).map((stride) => stride * size),
  );
}

function addProduct(y: Float64Array, a: Float64Array, b: Float64Array, rows: number, inner: number, columns: number): void {
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const factor = a[i * inner + k]!;
      for (let j = 0; j < columns; j++) y[i * columns + j]! += factor * b[k * columns + j]!;
    }
  }
}
