import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import { gridTapsRules, linearTaps } from "../composed/grid-taps.ts";
import { joinInts } from "../../formulas/int-list.ts";
import { kernelOf } from "../../formulas/windows/kernel-of.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { axisSize, sampledAt, sampledAtRules } from "../composed/sampled-at.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import { gatherRule } from "../selection/gather.ts";
import { matMulRule } from "../products/matmul.ts";

/**
 * DeformConv: a convolution whose taps are moved by offsets and weighted by a mask (Zhu et al. 2018, arXiv:1811.11168);  composed: every tap
 * is read into a column, columns are multiplied with the weights. Offsets and mask have cotangents too. Two spatial axes.
 */
export const deformConvRule: GradientRule = {
  op: "DeformConv",
  since: [19, 22],
  pullback: /* @__PURE__ */ composedPullback([...gridTapsRules, ...sampledAtRules, gatherRule, matMulRule], deformConv),
};

function deformConv(context: PullbackContext): readonly Value[] {
  const { g, node, attributes, input, hasInput, output } = context;
  const [x, weights] = [input(0), input(1)];
  if (rankOf(x) !== 4) throw unsupportedNode(node, "it has other than two spatial axes.");
  const [groups, offsetGroups] = [attributes.int("group", 1), attributes.int("offset_group", 1)];
  const kernel = kernelOf(attributes, weights, node);
  const parted = g.reshape(x, joinInts(g, [g.ints([-1]), share(g, x, 1, offsetGroups), g.dimOf(x, 2), g.dimOf(x, 3)]));
  const taps = [0, 1].map((axis) => linearTaps(g, positions(context, kernel, axis), axisSize(g, x, axis), "zeros"));
  const sampled = g.sum(sampledAt(g, parted, taps));
  const columns = hasInput(4) ? g.mul(sampled, g.reshape(input(4), joinInts(g, [g.dimOf(parted, 0), g.ints([1, -1])]))) : sampled;
  const size = g.mul(g.dimOf(input(2), 2), g.dimOf(input(2), 3));
  const grouped = g.reshape(columns, joinInts(g, [g.dimOf(x, 0), g.ints([groups, -1]), size]));
  const rows = g.reshape(weights, joinInts(g, [g.ints([groups]), share(g, weights, 0, groups), g.ints([-1])]));
  const y = g.reshape(g.matmul(rows, grouped), joinInts(g, [g.dimOf(x, 0), g.dimOf(weights, 0), g.dimOf(output(0), 2), g.dimOf(output(0), 3)]));
  return [hasInput(3) ? g.add(y, g.reshape(input(3), g.ints([-1, 1, 1]))) : y];
}

function share(g: GraphBuilder, value: Value, axis: number, groups: number): Value {
  const dim = value.facts.dims?.[axis];
  return typeof dim === "number" ? g.ints([dim / groups]) : g.div(g.dimOf(value, axis), g.ints([groups]));
}

/** Where every tap of every window lies along an axis, [batch · offset groups, taps · windows]. */
function positions({ g, attributes, input }: PullbackContext, kernel: readonly number[], axis: number): Value {
  const [rows = 1, columns = 1] = kernel;
  const offset = input(2);
  const [height, width] = [g.dimOf(offset, 2), g.dimOf(offset, 3)];
  const moved = g.gather(g.reshape(offset, joinInts(g, [g.ints([-1, rows * columns, 2]), height, width])), g.int(axis), 2);
  const [step, stride, pad] = [
    attributes.ints("dilations", [1, 1])[axis] ?? 1,
    attributes.ints("strides", [1, 1])[axis] ?? 1,
    attributes.ints("pads", [0, 0, 0, 0])[axis] ?? 0,
  ];
  const tap = (k: number): number => (axis === 0 ? Math.floor(k / columns) : k % columns) * step - pad;
  const taps = g.table("int64", [rows * columns, 1, 1], tap, "taps");
  const windows = g.op("Range", [g.int(0), g.squeeze(axis === 0 ? height : width, [0]), g.int(1)]);
  const starts = g.mul(axis === 0 ? g.unsqueeze(windows, [1]) : windows, g.int(stride));
  return g.reshape(g.add(moved, g.castLike(g.add(taps, starts), offset)), g.ints([0, -1]));
}
