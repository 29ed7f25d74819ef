import { type Value, rankOf, axisFromFront } from "@xdeep/onnx";
import { type Normalized, normalizeGradient, normalized } from "../../formulas/normalize.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/**
 * LayerNormalization: y = x̂ · scale + bias, x̂ = (x − mean) / √(variance + ε) over the axes from `axis` on;
 * x̄ as in normalize-gradient.ts from ȳ · scale, s̄cale = Σ ȳ x̂, b̄ias = Σ ȳ.
 *
 * The optional outputs Mean and InvStdDev have cotangents too.
 */
export const layerNormalizationRule: GradientRule = {
  op: "LayerNormalization",
  since: [1, 17],
  broadcasts: true,
  pullback: function layerNormalizationPullback(context) {
    const { g, attributes, input } = context;
    return cotangentsOf(context, normalized(g, input(0), normalizedAxes(context), attributes.float("epsilon", 1e-5)));
  },
};

/** The cotangents of x, scale and bias from x̂, however that was found. */
export function cotangentsOf(context: PullbackContext, norm: Normalized): readonly (Value | null)[] {
  const { g, input, hasInput, cotangent } = context;
  const dy = cotangent(0);
  const dx = normalizeGradient(g, norm, g.mul(dy, input(1)));
  const dStatistics = statisticsGradient(context, norm.xHat, norm.r, norm.axes);
  return [dStatistics === null ? dx : g.add(dx, dStatistics), g.mul(dy, norm.xHat), ...(hasInput(2) ? [dy] : [])];
}

/** The axes over which the node normalizes. */
export function normalizedAxes({ attributes, input }: PullbackContext): readonly number[] {
  const rank = rankOf(input(0));
  const first = axisFromFront(attributes.int("axis", -1), rank);
  return Array.from({ length: rank - first }, (_, i) => first + i);
}

/** Through Mean: x̄ = m̄ / n; through InvStdDev r: x̄ = −r̄ r² x̂ / n. As means of cotangents spread over the axes. */
function statisticsGradient({ g, input, outputCount, hasCotangent, cotangent }: PullbackContext, xHat: Value, r: Value, axes: readonly number[]): Value | null {
  const spread = (value: Value): Value => {
    const whole = g.expandLike(value, input(0));
    return g.div(whole, g.reduceSum(g.fillLike(input(0), 1), axes, true));
  };
  const parts: Value[] = [];
  if (outputCount > 1 && hasCotangent(1)) parts.push(spread(cotangent(1)));
  if (outputCount > 2 && hasCotangent(2)) parts.push(g.neg(g.mul(xHat, spread(g.mul(cotangent(2), g.square(r))))));
  return parts.length === 0 ? null : g.sum(parts);
}
