import { mul, sub, sum } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** Softmax over the last axis: x̄ = (ȳ − Σ ȳ y) y. */
export const softmaxRule: GradientRule = {
  kernel: "Softmax",
  needs: { logits: [] },
  needsOutput: true,
  pullback: ({ dy, output }) => ({ logits: mul(sub(dy, sum(mul(dy, output), -1, true)), output) }),
};
