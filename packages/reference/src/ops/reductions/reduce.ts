import { normalizeAxis } from "../../arrays/axes.ts";
import type { Operator, OperatorTable } from "../../operator-call.ts";
import { type Reduction, reduced } from "../../arrays/reduce-axes.ts";
import { logSumExp } from "../../math/softmax-line.ts";

function sum(elements: Float64Array): number {
  return elements.reduce((total, x) => total + x, 0);
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
