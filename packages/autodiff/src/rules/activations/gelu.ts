import { geluSlope, geluTanhSlope } from "../../formulas/gelu-slope.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/** Gelu: y = x Φ(x), Φ the normal distribution function or its tanh approximation;  x̄ = (Φ(x) + x Φ′(x)) ȳ. */
export const geluRule: GradientRule = {
  op: "Gelu",
  since: [20],
  pullback: function geluPullback({ g, attributes, input, cotangent }) {
    const slope = attributes.string("approximate", "none") === "tanh" ? geluTanhSlope : geluSlope;
    return [g.mul(cotangent(0), slope(g, input(0)))];
  },
};
