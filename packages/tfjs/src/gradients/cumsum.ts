import { cumsum } from "@tensorflow/tfjs-core";

import type { Gradient } from "./gradient.ts";

/** Cumsum: x̄ is the running sum of ȳ from the other end. */
export const cumsumGradient: Gradient = {
  kernel: "Cumsum",
  needs: { x: [] },
  pullback: ({ dy, attrs }) => ({ x: cumsum(dy, attrs["axis"] as number, attrs["exclusive"] as boolean, !(attrs["reverse"] as boolean)) }),
};
