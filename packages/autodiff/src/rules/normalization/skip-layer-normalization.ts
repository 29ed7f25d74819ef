import { type Value, rankOf } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { inverseRoot, standardized } from "../../formulas/normalize.ts";
import { normalizingRules } from "../composed/normalizing-rules.ts";

const domain = "com.microsoft";

/** com.microsoft.SkipLayerNormalization: y = ŝ · scale + bias, s = x + skip + b normalized over its last axis;  composed. The fourth output is s. */
export const skipLayerNormalizationRule: GradientRule = {
  op: "SkipLayerNormalization",
  domain,
  since: [1],
  pullback: /* @__PURE__ */ composedPullback(normalizingRules, function skipLayerNormalization(context) {
    const { g, attributes, input, hasInput } = context;
    const s = total(context, 4);
    const scaled = g.mul(standardized(g, s, [rankOf(s) - 1], attributes.float("epsilon", 1e-12)), input(2));
    return [hasInput(3) ? g.add(scaled, input(3)) : scaled, null, null, s];
  }),
};

/** com.microsoft.SkipSimplifiedLayerNormalization: y = s r · scale, s = x + skip + b, r = 1 / √(mean(s²) + ε) over its last axis;  composed. The fourth output is s. */
export const skipSimplifiedLayerNormalizationRule: GradientRule = {
  op: "SkipSimplifiedLayerNormalization",
  domain,
  since: [1],
  pullback: /* @__PURE__ */ composedPullback(normalizingRules, function skipSimplifiedLayerNormalization(context) {
    const { g, attributes, input } = context;
    const s = total(context, 3);
    return [g.mul(g.mul(s, inverseRoot(g, s, [rankOf(s) - 1], attributes.float("epsilon", Math.fround(1e-5)))), input(2)), null, null, s];
  }),
};

function total({ g, input, hasInput }: PullbackContext, bias: number): Value {
  const sum = g.add(input(0), input(1));
  return hasInput(bias) ? g.add(sum, input(bias)) : sum;
}
