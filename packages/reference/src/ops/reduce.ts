import { normalizeAxis } from "../axes.ts";
import type { Operator, OperatorTable } from "../operator-call.ts";
import { toElementType } from "../element-type.ts";
import { gatherAt, rowMajorStrides, stridedOffsets } from "../strides.ts";
import { type Value64, value64 } from "../value64.ts";

/** One number out of the elements that are reduced together. */
export type Reduction = (elements: Float64Array) => number;

/** Reduces `axes`, which stay as axes of size 1 on request. */
export function reduced(x: Value64, axes: readonly number[], keepDims: boolean, reduction: Reduction): Value64 {
  const strides = rowMajorStrides(x.dims);
  const all = x.dims.map((_, axis) => axis);
  const [kept, gone] = [all.filter((axis) => !axes.includes(axis)), all.filter((axis) => axes.includes(axis))];
  const offsetsOf = (part: readonly number[]): Int32Array => stridedOffsets(part.map((axis) => x.dims[axis]!), part.map((axis) => strides[axis]!));
  const within = offsetsOf(gone);
  const starts = offsetsOf(kept);
  const data = new Float64Array(starts.length);
  for (let i = 0; i < data.length; i++) {
    const start = starts[i]!;
    data[i] = toElementType(x.type, reduction(gatherAt(x.data, within.map((offset) => start + offset))));
  }
  const dims = keepDims ? x.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim)) : kept.map((axis) => x.dims[axis]!);
  return value64(x.type, dims, data);
}

function sum(elements: Float64Array): number {
  return elements.reduce((total, x) => total + x, 0);
}

/** log Σ eˣ, shifted by the maximum. */
export function logSumExp(elements: Float64Array): number {
  const top = elements.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!Number.isFinite(top)) return top;
  return top + Math.log(elements.reduce((total, x) => total + Math.exp(x - top), 0));
}

function reduce(reduction: Reduction): Operator {
  return (call) => {
    const x = call.input(0);
    const asked = call.integers(1) ?? call.attributes.ints("axes", []);
    const all = asked.length === 0 && !call.flag("noop_with_empty_axes");
    const axes = all ? x.dims.map((_, axis) => axis) : asked.map((axis) => normalizeAxis(axis, x.dims.length));
    return [reduced(x, axes, call.flag("keepdims", true), reduction)];
  };
}

/** Reductions over axes. Without axes, noop_with_empty_axes reduces every element by itself: ReduceSumSquare gives x². */
export const reduceOperators: OperatorTable = {
  ReduceL1: reduce((elements) => sum(elements.map(Math.abs))),
  ReduceL2: reduce((elements) => Math.sqrt(sum(elements.map((x) => x * x)))),
  ReduceLogSum: reduce((elements) => Math.log(sum(elements))),
  ReduceLogSumExp: reduce(logSumExp),
  ReduceMax: reduce((elements) => elements.reduce((a, b) => Math.max(a, b), -Infinity)),
  ReduceMean: reduce((elements) => sum(elements) / elements.length),
  ReduceMin: reduce((elements) => elements.reduce((a, b) => Math.min(a, b), Infinity)),
  ReduceProd: reduce((elements) => elements.reduce((total, x) => total * x, 1)),
  ReduceSum: reduce(sum),
  ReduceSumSquare: reduce((elements) => sum(elements.map((x) => x * x))),
};
