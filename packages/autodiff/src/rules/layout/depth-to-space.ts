import type { GraphBuilder, Value } from "@xdeep/onnx";
import { joinInts } from "../../formulas/int-list.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/** DepthToSpace: y holds the channels of x as blocks of space;  x̄ is ȳ moved back. */
export const depthToSpaceRule: GradientRule = {
  op: "DepthToSpace",
  since: [1, 11, 13, 28],
  pullback: function depthToSpacePullback({ g, attributes, input, cotangent }) {
    const blocksize = attributes.int("blocksize", 1);
    if (attributes.string("mode", "DCR") === "DCR") return [g.op("SpaceToDepth", [cotangent(0)], { blocksize })];
    return [columnsFirst(g, input(0), cotangent(0), blocksize)];
  },
};

/** SpaceToDepth: y holds the blocks of space of x as channels;  x̄ is ȳ moved back. */
export const spaceToDepthRule: GradientRule = {
  op: "SpaceToDepth",
  since: [1, 13, 28],
  pullback: function spaceToDepthPullback({ g, attributes, cotangent }) {
    return [g.op("DepthToSpace", [cotangent(0)], { blocksize: attributes.int("blocksize", 1), mode: attributes.string("mode", "DCR") })];
  },
};

/** Blocks of space as channels where the position in the block counts slower than the channel of y (mode CRD). */
function columnsFirst(g: GraphBuilder, x: Value, dy: Value, block: number): Value {
  const [height, width, size] = [g.dimOf(x, 2), g.dimOf(x, 3), g.ints([block])];
  const blocks = g.reshape(dy, joinInts(g, [g.ints([0, 0]), height, size, width, size]));
  return g.reshapeLike(g.transpose(blocks, [0, 1, 3, 5, 2, 4]), x);
}
