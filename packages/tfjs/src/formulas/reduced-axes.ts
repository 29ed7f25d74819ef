import { type Tensor, reshape, util } from "@tensorflow/tfjs-core";

/** The axes that a reduction takes in, counted from the front. */
export function reducedAxes(axis: unknown, shape: readonly number[]): readonly number[] {
  return util.parseAxisParam((axis as number | number[] | null | undefined) ?? shape.map((_, i) => i), [...shape]);
}

/** A reduced tensor with its reduced axes back, each of size 1, so that it broadcasts against what was reduced. */
export function keepReduced(reduced: Tensor, axes: readonly number[], shape: readonly number[]): Tensor {
  return reshape(
    reduced,
    shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
  );
}
