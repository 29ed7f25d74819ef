import { add, backend_util, mul, relu, step, sub } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** Selu: y = λ x where x > 0, else λ α (eˣ − 1);  x̄ = ȳ λ where y > 0, else ȳ (y + λ α). SELU_SCALEALPHA is λ α. */
export const seluRule: GradientRule = {
  kernel: "Selu",
  needs: { x: [] },
  needsOutput: true,
  pullback: ({ dy, output }) => {
    const { SELU_SCALE, SELU_SCALEALPHA } = backend_util;
    const below = add(sub(output, relu(output)), SELU_SCALEALPHA);
    return { x: mul(dy, add(below, mul(step(output), SELU_SCALE - SELU_SCALEALPHA))) };
  },
};
