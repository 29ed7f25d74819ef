import type { GraphBuilder, Value } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import { type RegionSide, pointTaps, regionPoints } from "../composed/region-points.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { type AxisTap, axisSize, sampledAt, sampledAtRules } from "../composed/sampled-at.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import { concatRule } from "../layout/concat.ts";
import { expandRule } from "../layout/expand.ts";
import { gatherRule } from "../selection/gather.ts";
import { maxRule, minRule } from "../arithmetic/max.ts";
import { reduceMaxRule } from "../reductions/reduce-max.ts";
import { reduceMeanRule } from "../reductions/reduce-sum.ts";
import { subRule } from "../arithmetic/sub.ts";
import { whereRule } from "../arithmetic/where.ts";

const rules: readonly GradientRule[] = [
  ...sampledAtRules,
  concatRule,
  expandRule,
  gatherRule,
  maxRule,
  minRule,
  reduceMaxRule,
  reduceMeanRule,
  subRule,
  whereRule,
];

/**
 * RoiAlign: y averages bilinear samples of x in the bins of each region (He et al. 2017, arXiv:1703.06870), or takes the largest weighted
 * element around them;  composed. The regions have a cotangent too.
 *
 * A sampling_ratio of 0, whose number of samples depends on the data, is refused.
 */
export const roiAlignRule: GradientRule = { op: "RoiAlign", since: [16, 22], pullback: /* @__PURE__ */ composedPullback(rules, roiAlign) };

function roiAlign({ g, node, attributes, input }: PullbackContext): readonly Value[] {
  const samples = attributes.int("sampling_ratio", 0);
  if (samples === 0)
    throw unsupportedNode(node, "its sampling_ratio is 0, so that the number of samples depends on the data. Export the model with a fixed ratio.");
  const [rows, columns] = [attributes.int("output_height", 1), attributes.int("output_width", 1)];
  const x = g.gather(input(0), input(2), 0);
  const corner = (i: number): Value => g.gather(input(1), g.ints([i]), 1);
  const side = (from: number, to: number): RegionSide => ({ from: corner(from), to: corner(to) });
  const vertical = pointTaps(g, regionPoints(g, attributes, side(1, 3), rows, samples), axisSize(g, x, 0));
  const horizontal = pointTaps(g, regionPoints(g, attributes, side(0, 2), columns, samples), axisSize(g, x, 1));
  const crossed = crossedTaps(g, vertical, horizontal, rows * samples, columns * samples);
  const bins = g.ints([0, 0, rows, samples, columns, samples]);
  const terms = sampledAt(g, x, crossed).map((term) => g.reshape(term, bins));
  if (attributes.string("mode", "avg") === "avg") return [g.op("ReduceMean", [g.sum(terms), g.ints([3, 5])], { keepdims: 0 })];
  return [g.op("ReduceMax", [g.concat(terms, 5), g.ints([3, 5])], { keepdims: 0 })];
}

/** Taps for every pair of a row and a column, [regions, rows · columns]. */
function crossedTaps(
  g: GraphBuilder,
  vertical: readonly AxisTap[],
  horizontal: readonly AxisTap[],
  rows: number,
  columns: number,
): readonly (readonly AxisTap[])[] {
  const spread = (value: Value, axis: number): Value => g.reshape(g.expand(g.unsqueeze(value, [axis]), g.ints([1, rows, columns])), g.ints([0, -1]));
  const crossed = (taps: readonly AxisTap[], axis: number): readonly AxisTap[] =>
    taps.map(({ index, weight }) => ({ index: spread(index, axis), weight: weight === null ? null : spread(weight, axis) }));
  return [crossed(vertical, 2), crossed(horizontal, 1)];
}
