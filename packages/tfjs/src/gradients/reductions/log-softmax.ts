import { exp, mul, sub, sum } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** LogSoftmax over the last axis: x̄ = ȳ − eʸ Σ ȳ. */
export const logSoftmaxRule: GradientRule = {
  kernel: "LogSoftmax",
  needs: { logits: [] },
  needsOutput: true,
  pullback: ({ dy, output }) => ({ logits: sub(dy, mul(exp(output), sum(dy, -1, true))) }),
};
