import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import type { GradientRule, PullbackContext } from "../sweep/rule.ts";
import { unsupportedNode } from "../graph/unsupported-node.ts";

/**
 * DFT: y = F x along an axis, complex numbers as pairs;  x̄ = Fᴴ ȳ: n times the inverse transform of ȳ, and 1/n times the forward one where
 * the node is the inverse. What the node cuts off or leaves out (the upper half with `onesided`, imaginary parts) counts as 0.
 */
export const dftRule: GradientRule = {
  op: "DFT",
  since: [17, 20],
  pullback: function dftPullback(context) {
    const { g, attributes, input, hasInput, cotangent, inputCount } = context;
    const x = input(0);
    const inverse = attributes.int("inverse", 0);
    const axis = transformedAxis(context);
    const length = hasInput(1) ? g.reshape(g.cast(input(1), "int64"), g.ints([1])) : g.dimOf(x, axis);
    const full = attributes.int("onesided", 0) === 1 ? resized(g, cotangent(0), axis, length) : cotangent(0);
    const back = transformed(context, full, axis, 1 - inverse);
    const count = g.castLike(length, x);
    const scaled = inverse === 1 ? g.div(back, count) : g.mul(back, count);
    const fitted = hasInput(1) ? resized(g, scaled, axis, g.dimOf(x, axis)) : scaled;
    return [realPart(context, fitted), ...Array.from({ length: inputCount - 1 }, () => null)];
  },
};

/** The axis, counted from 0; it is an attribute up to opset 19, an input since. */
function transformedAxis({ node, opset, attributes, input, hasInput }: PullbackContext): number {
  if (attributes.int("onesided", 0) === 1 && attributes.int("inverse", 0) === 1)
    throw unsupportedNode(node, "the inverse of a one-sided spectrum is not known.");
  const rank = rankOf(input(0));
  if (opset < 20) return (attributes.int("axis", 1) + rank) % rank;
  const axis = hasInput(2) ? input(2).facts.constant?.data[0] : -2;
  if (axis === undefined) throw unsupportedNode(node, "its axis is known only at run time. Make it a constant.");
  return (Number(axis) + rank) % rank;
}

function transformed({ g, opset }: PullbackContext, x: Value, axis: number, inverse: number): Value {
  return opset < 20 ? g.op("DFT", [x], { axis, inverse }) : g.op("DFT", [x, null, g.int(axis)], { inverse });
}

/** x with zeros added or elements cut off at the end of an axis. */
function resized(g: GraphBuilder, x: Value, axis: number, size: Value): Value {
  return g.op("Pad", [x, g.concat([g.ints([0]), g.sub(size, g.dimOf(x, axis))], 0), null, g.ints([axis])]);
}

/** The real parts alone where the node reads real numbers. */
function realPart({ g, node, input }: PullbackContext, x: Value): Value {
  const parts = input(0).facts.dims?.at(-1);
  if (parts === 2) return x;
  if (parts === 1) return g.slice(x, g.ints([0]), g.ints([1]), g.ints([-1]));
  throw unsupportedNode(node, "whether its input is real or complex shows only at run time: its last axis must have a known size.");
}
