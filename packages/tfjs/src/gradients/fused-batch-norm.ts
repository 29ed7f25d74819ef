import { add, mul, rsqrt } from "@tensorflow/tfjs-core";

import type { Gradient } from "../gradient.ts";

/** FusedBatchNorm, at inference: y = γ (x − μ) / √(σ² + ε) + β;  x̄ = γ ȳ / √(σ² + ε). γ and β may be missing. */
export const fusedBatchNormGradient: Gradient = {
  kernel: "FusedBatchNorm",
  needs: { x: ["variance", "scale"] },
  pullback: ({ dy, attrs, shapes, input }) => {
    const inverse = rsqrt(add(input("variance"), attrs["varianceEpsilon"] as number));
    return { x: mul(dy, "scale" in shapes ? mul(inverse, input("scale")) : inverse) };
  },
};
