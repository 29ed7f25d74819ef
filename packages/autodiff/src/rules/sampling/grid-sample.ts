import { type Value, rankOf } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import { gridTaps, gridTapsRules } from "../composed/grid-taps.ts";
import { joinInts } from "../../formulas/int-list.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { axisSize, sampledAt, sampledAtRules } from "../composed/sampled-at.ts";
import { gatherRule } from "../selection/gather.ts";

/**
 * GridSample: y is x read at the positions of a grid, by weights of the elements around each;  composed.
 *
 * The grid has a cotangent too, 0 in the mode nearest and where a position was moved to the border.
 */
export const gridSampleRule: GradientRule = {
  op: "GridSample",
  since: [16, 20, 22],
  pullback: /* @__PURE__ */ composedPullback([...gridTapsRules, ...sampledAtRules, gatherRule], gridSample),
};

function gridSample({ g, attributes, input }: PullbackContext): readonly Value[] {
  const [x, grid] = [input(0), input(1)];
  const rank = rankOf(x) - 2;
  const taps = Array.from({ length: rank }, (_, axis) => {
    const coordinate = g.reshape(g.gather(grid, g.int(rank - 1 - axis), rank + 1), g.ints([0, -1]));
    return gridTaps(g, attributes, coordinate, axisSize(g, x, axis));
  });
  const out = Array.from({ length: rank }, (_, axis) => g.dimOf(grid, axis + 1));
  return [g.reshape(g.sum(sampledAt(g, x, taps)), joinInts(g, [g.ints([0, 0]), ...out]))];
}
