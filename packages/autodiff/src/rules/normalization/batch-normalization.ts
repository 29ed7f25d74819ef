import { type GraphBuilder, type Value, float } from "@xdeep/onnx";
import { spatialAxes } from "../../formulas/windows/conv-geometry.ts";
import { normalizeGradient, normalized, perChannel } from "../../formulas/normalize.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/**
 * BatchNormalization: y = scale · (x − mean) · r + bias per channel, r = 1 / √(variance + ε);
 * x̄ = ȳ · scale · r, s̄cale = Σ ȳ (x − mean) r, b̄ias = Σ ȳ, m̄ean = −scale · r Σ ȳ, v̄ar = −½ scale · r³ Σ ȳ (x − mean).
 *
 * x̄ is written as a BatchNormalization of ȳ, which stays in the layout that convolutions run in. With training_mode the statistics are
 * those of the batch, and their gradient is part of x̄.
 */
export const batchNormalizationRule: GradientRule = {
  op: "BatchNormalization",
  since: [9, 14, 15],
  pullback: function batchNormalizationPullback(context) {
    return context.attributes.int("training_mode", 0) === 1 ? trainingGradient(context) : inferenceGradient(context);
  },
};

function inferenceGradient({ g, attributes, input, cotangent, wants }: PullbackContext): readonly (Value | null)[] {
  const [x, scale, , mean, variance] = [0, 1, 2, 3, 4].map(input) as [Value, Value, Value, Value, Value];
  const dy = cotangent(0);
  const epsilon = attributes.float("epsilon", 1e-5);
  const zeros = g.zerosLike(mean);
  const dx = (): Value => g.op("BatchNormalization", [dy, scale, zeros, zeros, variance], { epsilon: float(epsilon) });
  if (![1, 2, 3, 4].some(wants)) return [dx(), null, null, null, null];
  const r = g.reciprocal(g.sqrt(g.shift(variance, epsilon)));
  const sum = perChannelSum(g, dy);
  const product = perChannelSum(g, g.mul(dy, g.sub(x, perChannel(g, mean, x))));
  const scaled = g.mul(scale, r);
  const dVariance = g.scale(g.mul(g.mul(scaled, g.square(r)), product), -0.5);
  return [wants(0) ? dx() : null, g.mul(product, r), sum, g.neg(g.mul(scaled, sum)), dVariance];
}

function trainingGradient({ g, attributes, input, cotangent, outputCount, hasCotangent }: PullbackContext): readonly (Value | null)[] {
  const x = input(0);
  const norm = normalized(g, x, [0, ...spatialAxes(x)], attributes.float("epsilon", 1e-5));
  const dy = cotangent(0);
  const momentum = attributes.float("momentum", 0.9);
  const statistics = outputCount > 1 ? runningGradient(g, x, hasCotangent(1) ? cotangent(1) : null, hasCotangent(2) ? cotangent(2) : null, 1 - momentum) : [];
  const dx = g.sum([normalizeGradient(g, norm, g.mul(dy, perChannel(g, input(1), x))), ...statistics]);
  const running = (i: number): Value => (outputCount > i && hasCotangent(i) ? g.scale(cotangent(i), momentum) : g.zerosLike(input(i + 2)));
  return [dx, perChannelSum(g, g.mul(dy, norm.xHat)), perChannelSum(g, dy), running(1), running(2)];
}

/** Through the running statistics: mean gives share · m̄ / n, variance share · 2 v̄ (x − mean) / n. */
function runningGradient(g: GraphBuilder, x: Value, dMean: Value | null, dVariance: Value | null, share: number): readonly Value[] {
  const axes = g.ints([0, ...spatialAxes(x)]);
  const mean = g.op("ReduceMean", [x, axes], { keepdims: 1 });
  const count = g.op("ReduceSum", [g.fillLike(x, 1), axes], { keepdims: 1 });
  const spread = (value: Value): Value => g.expandLike(g.div(g.scale(perChannel(g, value, x), share), count), x);
  return [...(dMean === null ? [] : [spread(dMean)]), ...(dVariance === null ? [] : [g.mul(g.scale(spread(dVariance), 2), g.sub(x, mean))])];
}

function perChannelSum(g: GraphBuilder, value: Value): Value {
  return g.reduceSum(value, [0, ...spatialAxes(value)], false);
}
