import { spatialAxes } from "../../formulas/windows/conv-geometry.ts";
import { inverseRoot, meanOver, perChannel, standardized } from "../../formulas/normalize.ts";
import { normalizedAxes } from "../../rules/normalization/layer-normalization.ts";
import { channelMean } from "../../rules/normalization/lrn.ts";
import { absRule } from "../../rules/arithmetic/abs.ts";
import { addRule } from "../../rules/arithmetic/add.ts";
import { averagePoolRule } from "../../rules/windows/average-pool.ts";
import { normalizingRules } from "../../rules/composed/normalizing-rules.ts";
import { logRule } from "../../rules/functions/log.ts";
import { mulRule } from "../../rules/arithmetic/mul.ts";
import { powRule } from "../../rules/arithmetic/pow.ts";
import { reduceSumRule } from "../../rules/reductions/reduce-sum.ts";
import { reshapeRule } from "../../rules/layout/reshape.ts";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import type { Pullback, PullbackContext } from "../../sweep/rule.ts";

/** LayerNormalization as x̂ · scale + bias, mean and 1 / √(variance + ε). */
export function layerNormalization(): Pullback {
  return composedPullback(normalizingRules, function composeLayerNormalization(context) {
    const { g, attributes, input, hasInput } = context;
    const axes = normalizedAxes(context);
    const mean = meanOver(g, input(0), axes);
    const centred = g.sub(input(0), mean);
    const r = inverseRoot(g, centred, axes, attributes.float("epsilon", 1e-5));
    const scaled = g.mul(g.mul(centred, r), input(1));
    return [hasInput(2) ? g.add(scaled, input(2)) : scaled, mean, r];
  });
}

/** InstanceNormalization as x̂ · scale + bias per channel. */
export function instanceNormalization(): Pullback {
  return composedPullback([...normalizingRules, reshapeRule], function composeInstanceNormalization({ g, attributes, input }) {
    const axes = spatialAxes(input(0));
    const xHat = standardized(g, input(0), axes, attributes.float("epsilon", 1e-5));
    return [g.add(g.mul(xHat, perChannel(g, input(1), input(0))), perChannel(g, input(2), input(0)))];
  });
}

/** LRN as x · s^(−β). */
export function localResponseNormalization(): Pullback {
  return composedPullback([addRule, averagePoolRule, mulRule, powRule, reshapeRule], function composeLrn({ g, attributes, input }) {
    const size = attributes.int("size", 1);
    const mean = channelMean(g, g.square(input(0)), size, Math.floor((size - 1) / 2));
    const s = g.shift(g.scale(mean, attributes.float("alpha", 1e-4)), attributes.float("bias", 1));
    return [g.mul(input(0), g.pow(s, g.scalar(-attributes.float("beta", 0.75), s)))];
  });
}

/** ReduceL1 as Σ |x|, ReduceLogSum as log Σ x. */
export function reducedSum(op: "ReduceL1" | "ReduceLogSum"): () => Pullback {
  return () =>
    composedPullback([absRule, logRule, reduceSumRule], function composeReducedSum({ g, attributes, input, hasInput }: PullbackContext) {
      const [keepdims, noop_with_empty_axes] = [attributes.int("keepdims", 1), attributes.int("noop_with_empty_axes", 0)];
      const x = op === "ReduceL1" ? g.abs(input(0)) : input(0);
      const sum = g.op("ReduceSum", [x, hasInput(1) ? input(1) : null], { keepdims, noop_with_empty_axes });
      return [op === "ReduceL1" ? sum : g.log(sum)];
    });
}
