import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import { constantNumber } from "../../formulas/constant-number.ts";
import { joinInts } from "../../formulas/int-list.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/**
 * Gather: y holds the slices of x along an axis that the indices i name;  x̄ = Σ over equal i of their slices of ȳ.
 *
 * One known index is a Pad; several are added by ScatterElements, which may meet an index more than once.
 */
export const gatherRule: GradientRule = {
  op: "Gather",
  since: [11, 13],
  pullback: function gatherPullback({ g, attributes, input, cotangent }) {
    const [x, indices, dy] = [input(0), input(1), cotangent(0)];
    const rank = rankOf(x);
    const axis = (attributes.int("axis", 0) + rank) % rank;
    const index = constantNumber(indices);
    return [index === undefined ? scattered(g, x, indices, dy, axis) : placed(g, x, dy, axis, index), null];
  },
};

/** ȳ as the slice of this index, zeros before and after. */
function placed(g: GraphBuilder, x: Value, dy: Value, axis: number, index: number): Value {
  const slice = g.reshape(dy, sliceShape(g, x, axis, g.ints([1])));
  const size = g.dimOf(x, axis);
  const before = index < 0 ? g.add(size, g.ints([index])) : g.ints([index]);
  const after = index < 0 ? g.ints([-1 - index]) : g.sub(size, g.ints([index + 1]));
  // All axes are written out, because ONNX Runtime's layout changes misread a Pad with `axes`.
  const around = (pad: Value): readonly Value[] => Array.from({ length: rankOf(x) }, (_, i) => (i === axis ? pad : g.ints([0])));
  return g.pad(slice, joinInts(g, [...around(before), ...around(after)]));
}

function scattered(g: GraphBuilder, x: Value, indices: Value, dy: Value, axis: number): Value {
  const rank = rankOf(x);
  const slices = g.reshape(dy, sliceShape(g, x, axis, g.ints([-1])));
  const along = g.reshape(indices, g.ints(Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1))));
  return g.op("ScatterElements", [g.zerosLike(x), g.expand(along, g.shapeOf(slices)), slices], { axis, reduction: "add" });
}

/** The dims of x with another size of one axis. */
function sliceShape(g: GraphBuilder, x: Value, axis: number, size: Value): Value {
  const dims = Array.from({ length: rankOf(x) }, (_, i) => (i === axis ? size : g.dimOf(x, i)));
  return joinInts(g, dims);
}
