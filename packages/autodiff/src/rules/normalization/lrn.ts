import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";

/**
 * LRN: y = x · s^(−β), s = bias + α / size · Σ x² over neighbouring channels;  x̄ = ȳ s^(−β) − 2αβ / size · x Σ ȳ x s^(−β−1) over the channels
 * whose neighbourhood holds x.
 */
export const lrnRule: GradientRule = {
  op: "LRN",
  since: [1, 13],
  pullback: function lrnPullback({ g, attributes, input, cotangent }) {
    const [x, dy] = [input(0), cotangent(0)];
    const size = attributes.int("size", 1);
    const [alpha, beta, bias] = [attributes.float("alpha", 1e-4), attributes.float("beta", 0.75), attributes.float("bias", 1)];
    const before = Math.floor((size - 1) / 2);
    const s = g.shift(g.scale(channelMean(g, g.square(x), size, before), alpha), bias);
    const power = g.pow(s, g.scalar(-beta, x));
    const shared = channelMean(g, g.div(g.mul(g.mul(dy, x), power), s), size, size - 1 - before);
    return [g.sub(g.mul(dy, power), g.mul(g.scale(x, 2 * alpha * beta), shared))];
  },
};

/** Σ / size over `size` neighbouring channels, `before` of them before each: an average pool over the channel axis, zeros outside. */
export function channelMean(g: GraphBuilder, x: Value, size: number, before: number): Value {
  if (rankOf(x) < 2) return x;
  const rows = g.reshape(x, g.concat([g.dimOf(x, 0), g.ints([1]), g.dimOf(x, 1), g.ints([-1])], 0));
  const pooled = g.op("AveragePool", [rows], { kernel_shape: [size, 1], pads: [before, 0, size - 1 - before, 0], count_include_pad: 1, auto_pad: "NOTSET" });
  return g.reshapeLike(pooled, x);
}
