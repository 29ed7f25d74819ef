import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import { dftRule } from "./dft.ts";
import { gatherRule } from "../selection/gather.ts";
import { mulRule } from "../arithmetic/mul.ts";
import { unsqueezeRule } from "../layout/squeeze.ts";

/** STFT: y is the Fourier transform of frames of a signal, each times a window;  composed. */
export const stftRule: GradientRule = {
  op: "STFT",
  since: [17],
  pullback: /* @__PURE__ */ composedPullback([dftRule, gatherRule, mulRule, unsqueezeRule], stft),
};

function stft(context: PullbackContext): readonly Value[] {
  const { g, node, attributes, input, hasInput, opset } = context;
  const signal = rankOf(input(0)) === 2 ? g.unsqueeze(input(0), [2]) : input(0);
  if (!hasInput(2) && !hasInput(3)) throw unsupportedNode(node, "it has neither a window nor a frame_length.");
  const length = hasInput(3) ? g.reshape(g.cast(input(3), "int64"), g.ints([1])) : g.dimOf(input(2), 0);
  const frames = g.gather(signal, framePositions(g, signal, g.reshape(g.cast(input(1), "int64"), g.ints([1])), length), 1);
  const windowed = hasInput(2) ? g.mul(frames, g.unsqueeze(input(2), [1])) : frames;
  const onesided = attributes.int("onesided", 1);
  return [opset < 20 ? g.op("DFT", [windowed], { axis: 2, onesided }) : g.op("DFT", [windowed, null, g.int(2)], { onesided })];
}

/** Where each frame's elements stand in the signal, [frames, length]. */
function framePositions(g: GraphBuilder, signal: Value, step: Value, length: Value): Value {
  const count = g.add(g.div(g.sub(g.dimOf(signal, 1), length), step), g.ints([1]));
  const starts = g.mul(upTo(g, count), step);
  return g.add(g.unsqueeze(starts, [1]), upTo(g, length));
}

/** 0, 1, 2… below a count. */
function upTo(g: GraphBuilder, count: Value): Value {
  return g.op("Range", [g.int(0), g.squeeze(count, [0]), g.int(1)]);
}
