import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";

/**
 * DFT: y = F x along an axis, complex numbers as pairs;  x̄ = Fᴴ ȳ: n times the inverse transform of ȳ, and 1/n times the forward one where
 * the node is the inverse. What the node cuts off or leaves out (the upper half with `onesided`, imaginary parts) counts as 0. The inverse of half
 * a spectrum counts every frequency twice but the first and, for even n, the last:  x̄ = w/n times the one-sided transform of ȳ, w = 1 or 2.
 */
export const dftRule: GradientRule = {
  op: "DFT",
  since: [17, 20],
  pullback: function dftPullback(context) {
    const { attributes, inputCount } = context;
    const axis = transformedAxis(context);
    const [inverse, onesided] = [attributes.int("inverse", 0) === 1, attributes.int("onesided", 0) === 1];
    const dx = inverse && onesided ? ofRealInverse(context, axis) : ofTransform(context, axis, inverse, onesided);
    return [dx, ...Array.from({ length: inputCount - 1 }, () => null)];
  },
};

/** An axis, counted from 0 where it is known before a run. */
interface Axis {
  readonly known: number | null;
  readonly value: Value;
}

/** It is an attribute up to opset 19, an input since. */
function transformedAxis({ g, opset, attributes, input, hasInput }: PullbackContext): Axis {
  const rank = rankOf(input(0));
  const given = opset < 20 ? attributes.int("axis", 1) : hasInput(2) ? input(2).facts.constant?.data[0] : -2;
  if (given === undefined) return { known: null, value: g.op("Mod", [g.reshape(g.cast(input(2), "int64"), g.ints([])), g.int(rank)]) };
  const known = (Number(given) + rank) % rank;
  return { known, value: g.int(known) };
}

function ofTransform(context: PullbackContext, axis: Axis, inverse: boolean, onesided: boolean): Value {
  const { g, input, hasInput, cotangent } = context;
  const x = input(0);
  const length = hasInput(1) ? givenLength(context) : sizeAlong(g, x, axis);
  const full = onesided ? resized(g, cotangent(0), axis, length) : cotangent(0);
  const back = transformed(context, full, axis, { inverse: inverse ? 0 : 1 });
  const count = g.castLike(length, x);
  const scaled = inverse ? g.div(back, count) : g.mul(back, count);
  return realPart(context, hasInput(1) ? resized(g, scaled, axis, sizeAlong(g, x, axis)) : scaled);
}

function ofRealInverse(context: PullbackContext, axis: Axis): Value {
  const { g, input, output, cotangent } = context;
  const x = input(0);
  const length = sizeAlong(g, output(0), axis);
  const spectrum = transformed(context, cotangent(0), axis, { onesided: 1 });
  const frequencies = g.op("Range", [g.int(0), g.squeeze(sizeAlong(g, spectrum, axis), [0]), g.int(1)]);
  const alone = g.or(g.equal(frequencies, g.int(0)), g.equal(g.mul(frequencies, g.int(2)), length));
  const weights = g.div(g.where(alone, g.scalar(1, x), g.scalar(2, x)), g.castLike(length, x));
  return resized(g, g.mul(spectrum, g.reshape(weights, shapeAlong(g, axis, rankOf(x)))), axis, sizeAlong(g, x, axis));
}

function givenLength({ g, input }: PullbackContext): Value {
  return g.reshape(g.cast(input(1), "int64"), g.ints([1]));
}

function transformed({ g, opset }: PullbackContext, x: Value, axis: Axis, mode: { readonly inverse?: number; readonly onesided?: number }): Value {
  return opset < 20 ? g.op("DFT", [x], { axis: axis.known as number, ...mode }) : g.op("DFT", [x, null, axis.value], mode);
}

/** The size of an axis as a list of one. */
function sizeAlong(g: GraphBuilder, x: Value, { known, value }: Axis): Value {
  return known === null ? g.gather(g.shapeOf(x), g.reshape(value, g.ints([1])), 0) : g.dimOf(x, known);
}

/** The shape that puts a list along an axis: −1 there, 1 elsewhere. */
function shapeAlong(g: GraphBuilder, { value }: Axis, rank: number): Value {
  const axes = g.ints(Array.from({ length: rank }, (_, i) => i));
  return g.where(g.equal(axes, value), g.int(-1), g.int(1));
}

/** x with zeros added or elements cut off at the end of an axis. */
function resized(g: GraphBuilder, x: Value, axis: Axis, size: Value): Value {
  return g.op("Pad", [x, g.concat([g.ints([0]), g.sub(size, sizeAlong(g, x, axis))], 0), null, g.reshape(axis.value, g.ints([1]))]);
}

/** The real parts alone where the node reads real numbers. */
function realPart({ g, node, input }: PullbackContext, x: Value): Value {
  const parts = input(0).facts.dims?.at(-1);
  if (parts === 2) return x;
  if (parts === 1) return g.slice(x, g.ints([0]), g.ints([1]), g.ints([-1]));
  throw unsupportedNode(node, "whether its input is real or complex shows only at run time: its last axis must have a known size.");
}
