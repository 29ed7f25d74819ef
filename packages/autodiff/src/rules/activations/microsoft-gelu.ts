import type { Value } from "@xdeep/onnx";
import { geluSlope, geluTanhSlope } from "../../formulas/gelu-slope.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

const domain = "com.microsoft";

/** com.microsoft.Gelu: y = x Φ(x);  x̄ = (Φ(x) + x Φ′(x)) ȳ. */
export const microsoftGeluRule: GradientRule = {
  op: "Gelu",
  domain,
  since: [1],
  pullback: function microsoftGeluPullback({ g, input, cotangent }) {
    return [g.mul(cotangent(0), geluSlope(g, input(0)))];
  },
};

/** com.microsoft.BiasGelu: y = s Φ(s) with s = x + b;  x̄ = b̄ = (Φ(s) + s Φ′(s)) ȳ. */
export const biasGeluRule: GradientRule = {
  op: "BiasGelu",
  domain,
  since: [1],
  broadcasts: true,
  pullback: function biasGeluPullback(context) {
    const ds = context.g.mul(context.cotangent(0), geluSlope(context.g, biased(context)));
    return [ds, ds];
  },
};

/** com.microsoft.FastGelu: the tanh approximation of BiasGelu, whose bias may be left out. */
export const fastGeluRule: GradientRule = {
  op: "FastGelu",
  domain,
  since: [1],
  broadcasts: true,
  pullback: function fastGeluPullback(context) {
    const ds = context.g.mul(context.cotangent(0), geluTanhSlope(context.g, biased(context)));
    return [ds, ds].slice(0, context.inputCount);
  },
};

/** com.microsoft.QuickGelu: y = x s with s = σ(αx);  x̄ = (s + α y (1 − s)) ȳ. */
export const quickGeluRule: GradientRule = {
  op: "QuickGelu",
  domain,
  since: [1],
  pullback: function quickGeluPullback({ g, attributes, input, output, cotangent }) {
    const alpha = attributes.float("alpha", Math.fround(1.702));
    const s = g.sigmoid(g.scale(input(0), alpha));
    return [g.mul(cotangent(0), g.add(s, g.mul(g.scale(output(0), alpha), g.sub(g.scalar(1, s), s))))];
  },
};

function biased({ g, input, hasInput }: PullbackContext): Value {
  return hasInput(1) ? g.add(input(0), input(1)) : input(0);
}
