import { reverse } from "@tensorflow/tfjs-core";

import type { Gradient } from "./gradient.ts";

/** Reverse: x̄ is ȳ turned round again. */
export const reverseGradient: Gradient = {
  kernel: "Reverse",
  needs: { x: [] },
  pullback: ({ dy, attrs }) => ({ x: reverse(dy, attrs["dims"] as number | number[]) }),
};
