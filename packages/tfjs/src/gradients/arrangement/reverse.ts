import { reverse } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** Reverse: x̄ is ȳ turned round again. */
export const reverseRule: GradientRule = {
  kernel: "Reverse",
  needs: { x: [] },
  pullback: ({ dy, attrs }) => ({ x: reverse(dy, attrs["dims"] as number | number[]) }),
};
