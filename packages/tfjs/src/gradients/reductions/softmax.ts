import { type Tensor, equal, mul, sub, sum, zerosLike } from "@tensorflow/tfjs-core";

import { select } from "../../formulas/masks.ts";
import type { GradientRule } from "../gradient-rule.ts";

/**
 * Softmax over the last axis: x̄ = (ȳ − Σ ȳ y) y. A row of nothing but −∞, as a mask leaves of a query that may look at nothing, is NaN, and what
 * uses it selects something else: its x̄ is 0.
 */
export const softmaxRule: GradientRule = {
  kernel: "Softmax",
  needs: { logits: [] },
  needsOutput: true,
  pullback: ({ dy, output }) => {
    const y = withoutNan(output);
    return { logits: mul(sub(dy, sum(mul(dy, y), -1, true)), y) };
  },
};

/** NaN is the one value that is not equal to itself. */
export function withoutNan(y: Tensor): Tensor {
  return select(equal(y, y), y, zerosLike(y));
}
