import { transpose } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** Transpose: x̄ is ȳ with the axes put back. */
export const transposeRule: GradientRule = {
  kernel: "Transpose",
  needs: { x: [] },
  pullback: ({ dy, attrs }) => {
    const perm = attrs["perm"] as readonly number[];
    return {
      x: transpose(
        dy,
        perm.map((_, axis) => perm.indexOf(axis)),
      ),
    };
  },
};
