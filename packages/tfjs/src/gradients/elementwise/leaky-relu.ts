import { add, mul, step } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** LeakyRelu: y = x where x > 0, else α x;  x̄ = ȳ (α + (1 − α) step x). */
export const leakyReluRule: GradientRule = {
  kernel: "LeakyRelu",
  needs: { x: ["x"] },
  pullback: ({ dy, input, attrs }) => {
    const alpha = attrs["alpha"] as number;
    return { x: mul(dy, add(mul(step(input("x")), 1 - alpha), alpha)) };
  },
};
