import { add, mul, neg, rsqrt, square, sub } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/**
 * FusedBatchNorm: y = γ (x − μ) r + β with r = 1 / √(σ² + ε);  x̄ = γ r ȳ, μ̄ = −x̄, σ̄² = −½ γ (x − μ) r³ ȳ, γ̄ = (x − μ) r ȳ, β̄ = ȳ.
 * γ and β may be missing. Layer normalization is this kernel too, with μ and σ² computed from x.
 */
export const fusedBatchNormRule: GradientRule = {
  kernel: "FusedBatchNorm",
  needs: {
    x: ["variance", "scale"],
    mean: ["variance", "scale"],
    variance: ["x", "mean", "variance", "scale"],
    scale: ["x", "mean", "variance"],
    offset: [],
  },
  broadcasts: true,
  pullback: function fusedBatchNormPullback({ dy, attrs, shapes, input, wants }) {
    if (!["x", "mean", "variance", "scale"].some(wants)) return { offset: dy };
    const inverse = rsqrt(add(input("variance"), attrs["varianceEpsilon"] as number));
    const x = wants("x") || wants("mean") || wants("variance") ? mul(dy, "scale" in shapes ? mul(inverse, input("scale")) : inverse) : dy;
    return {
      x,
      ...(wants("mean") ? { mean: neg(x) } : {}),
      ...(wants("variance") ? { variance: mul(mul(x, sub(input("x"), input("mean"))), mul(square(inverse), -0.5)) } : {}),
      ...(wants("scale") ? { scale: mul(dy, mul(sub(input("x"), input("mean")), inverse)) } : {}),
      offset: dy,
    };
  },
};
