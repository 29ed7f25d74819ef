import { mul, sub, sum } from "@tensorflow/tfjs-core";

import type { Gradient } from "./gradient.ts";

/** Softmax over the last axis: x̄ = (ȳ − Σ ȳ y) y. */
export const softmaxGradient: Gradient = {
  kernel: "Softmax",
  needs: { logits: [] },
  needsOutput: true,
  pullback: ({ dy, output }) => ({ logits: mul(sub(dy, sum(mul(dy, output), -1, true)), output) }),
};
