import type { GraphBuilder, Value } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";

/**
 * Softmax: y = exp(x) / Σ exp(x) along an axis;  x̄ = y (ȳ − Σ ȳ y).
 *
 * A line of −∞ gives NaN, which networks with masks drop by a Where behind it: x̄ is 0 there.
 */
export const softmaxRule: GradientRule = {
  op: "Softmax",
  since: [13],
  pullback: function softmaxPullback({ g, attributes, output, cotangent, isChosenFrom }) {
    const [y, dy] = [isChosenFrom(0) ? withoutNaN(g, output(0)) : output(0), cotangent(0)];
    const inner = g.reduceSum(g.mul(dy, y), [attributes.int("axis", -1)], true);
    return [g.mul(y, g.sub(dy, inner))];
  },
};

function withoutNaN(g: GraphBuilder, y: Value): Value {
  return g.where(g.op("IsNaN", [y]), g.scalar(0, y), y);
}

/** LogSoftmax: y = x − log Σ exp(x) along an axis;  x̄ = ȳ − exp(y) Σ ȳ. */
export const logSoftmaxRule: GradientRule = {
  op: "LogSoftmax",
  since: [13],
  pullback: function logSoftmaxPullback({ g, attributes, output, cotangent }) {
    const dy = cotangent(0);
    return [g.sub(dy, g.mul(g.exp(output(0)), g.reduceSum(dy, [attributes.int("axis", -1)], true)))];
  },
};
