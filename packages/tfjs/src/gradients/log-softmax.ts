import { exp, mul, sub, sum } from "@tensorflow/tfjs-core";

import type { Gradient } from "./gradient.ts";

/** LogSoftmax over the last axis: x̄ = ȳ − eʸ Σ ȳ. */
export const logSoftmaxGradient: Gradient = {
  kernel: "LogSoftmax",
  needs: { logits: [] },
  needsOutput: true,
  pullback: ({ dy, output }) => ({ logits: sub(dy, mul(exp(output), sum(dy, -1, true))) }),
};
