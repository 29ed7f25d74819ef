import { type DataType, sizeOf } from "@xdeep/core";
import type { Dim, Facts } from "../../graphs/facts.ts";
import { unravel } from "../broadcast.ts";
import { productOfDims, sumOfDims } from "../dim-arithmetic.ts";
import { elementOfType, factsWithElements } from "../elements.ts";
import { type InferenceRule, type InferenceRules, type NodeView, tensor } from "../rule.ts";

const shapeOnly: InferenceRule = (node) => [reduce(node, null)];

/** Reductions along axes that are an input since opset 18 (ReduceSum: 13), an attribute before. */
export const reduceRules: InferenceRules = {
  ReduceSum: (node) => [reduce(node, sumOfDims)],
  ReduceProd: (node) => [reduce(node, productOfDims)],
  ReduceMax: (node) => [reduce(node, (values) => extreme(values, Math.max))],
  ReduceMin: (node) => [reduce(node, (values) => extreme(values, Math.min))],
  ReduceMean: shapeOnly,
  ReduceL1: shapeOnly,
  ReduceL2: shapeOnly,
  ReduceLogSum: shapeOnly,
  ReduceLogSumExp: shapeOnly,
  ReduceSumSquare: shapeOnly,
  ArgMax: (node) => [argReduce(node)],
  ArgMin: (node) => [argReduce(node)],
};

function reduce(node: NodeView, combine: ((values: readonly Dim[]) => Dim) | null): Facts {
  const dims = node.dims(0);
  const type = node.type(0);
  const keep = node.attributes.int("keepdims", 1) === 1;
  const axes = reducedAxes(node);
  if (axes === null) return tensor(type, dims !== null && keep ? dims.map((dim) => (dim === 1 ? 1 : null)) : null);
  if (dims === null) return tensor(type, null);
  if (axes === "none") return tensor(type, dims);
  const reduced = dims.flatMap((dim, axis) => (axes.has(axis) ? (keep ? [1] : []) : [dim]));
  return factsWithElements(type, reduced, combine === null ? null : reduceElements(node, axes, type, combine));
}

/** Null where the axes are known only at run time, "none" where nothing is reduced. */
function reducedAxes(node: NodeView): ReadonlySet<number> | "none" | null {
  const axes = node.intsOrInput("axes", 1);
  const rank = node.rank(0);
  if (axes === null || rank === null) return null;
  if (axes === undefined || axes.length === 0)
    return node.attributes.int("noop_with_empty_axes", 0) === 1 ? "none" : new Set(Array.from({ length: rank }, (_, axis) => axis));
  return new Set(axes.map((axis) => node.axis(axis, rank)));
}

function reduceElements(node: NodeView, axes: ReadonlySet<number>, type: DataType | null, combine: (values: readonly Dim[]) => Dim): readonly Dim[] | null {
  const operand = node.elements(0);
  if (operand === null) return null;
  const groups = new Map<string, Dim[]>();
  const outer = operand.dims.filter((_, axis) => !axes.has(axis));
  for (let flat = 0; flat < sizeOf(outer); flat += 1) groups.set(unravel(flat, outer).join(), []);
  operand.values.forEach((value, flat) =>
    groups
      .get(
        unravel(flat, operand.dims)
          .filter((_, axis) => !axes.has(axis))
          .join(),
      )
      ?.push(value),
  );
  return [...groups.values()].map((values) => elementOfType(type, combine(values)));
}

function extreme(values: readonly Dim[], pick: (...numbers: number[]) => number): Dim {
  return values.length > 0 && values.every((value) => typeof value === "number") ? pick(...(values as readonly number[])) : null;
}

function argReduce(node: NodeView): Facts {
  const dims = node.dims(0);
  if (dims === null) return tensor("int64", null);
  const reduced = node.axis(node.attributes.int("axis", 0), dims.length);
  const keep = node.attributes.int("keepdims", 1) === 1;
  return tensor(
    "int64",
    dims.flatMap((dim, axis) => (axis === reduced ? (keep ? [1] : []) : [dim])),
  );
}
