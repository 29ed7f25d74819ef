import { type Tensor, reshape, sum, util } from "@tensorflow/tfjs-core";

/** Undoes broadcasting: sums a cotangent over the axes along which a value of `shape` was repeated. */
export function sumToShape(cotangent: Tensor, shape: readonly number[]): Tensor {
  if (util.arraysEqual(cotangent.shape, [...shape])) return cotangent;
  const missing = cotangent.rank - shape.length;
  const repeated = cotangent.shape.flatMap((size, axis) => (axis < missing || (shape[axis - missing] === 1 && size !== 1) ? [axis] : []));
  const summed = repeated.length === 0 ? cotangent : sum(cotangent, repeated);
  return reshape(summed, [...shape]);
}
