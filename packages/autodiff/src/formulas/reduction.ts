import { type Value, staticDims } from "@xdeep/onnx";
import { knownInts } from "./int-list.ts";
import type { PullbackContext } from "../sweep/rule.ts";

/** A value with the dims of a reduction's output, so that it broadcasts against the reduction's input: the axes that vanished are put back with size 1. */
export function alongReduced({ g, attributes, input, hasInput }: PullbackContext, value: Value): Value {
  // Without axes all are reduced to a scalar, or none; both broadcast as they are.
  if (attributes.int("keepdims", 1) === 1 || !hasInput(1) || knownInts(input(1))?.length === 0) return value;
  return g.op("Unsqueeze", [value, input(1)]);
}

/** Sum of a value over the axes that the node reduces, which stay with size 1. */
export function sumAlike({ g, attributes, input, hasInput }: PullbackContext, value: Value): Value {
  const noop = attributes.int("noop_with_empty_axes", 0);
  return g.op("ReduceSum", [value, hasInput(1) ? input(1) : null], { keepdims: 1, noop_with_empty_axes: noop });
}

/** How many elements a reduction takes together, as a float scalar. */
export function reducedCount({ g, input, output }: PullbackContext): Value {
  const [x, y] = [input(0), output(0)];
  const [from, to] = [staticDims(x.facts), staticDims(y.facts)];
  if (from !== null && to !== null) return g.scalar(product(from) / product(to), x);
  return g.castLike(g.div(g.op("Size", [x]), g.op("Size", [y])), x);
}

/** How many elements a reduction takes together, where that is known before the run. */
export function knownCount({ attributes, input, hasInput }: PullbackContext): number | null {
  const { dims } = input(0).facts;
  const axes = hasInput(1) ? knownInts(input(1)) : [];
  if (dims === null || axes === null) return null;
  if (axes.length === 0 && attributes.int("noop_with_empty_axes", 0) === 1) return 1;
  const reduced = axes.length === 0 ? dims : axes.map((axis) => dims.at(axis));
  return reduced.every((dim) => typeof dim === "number") ? product(reduced) : null;
}

function product(dims: readonly number[]): number {
  return dims.reduce((size, dim) => size * dim, 1);
}
