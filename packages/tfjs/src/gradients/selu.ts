import { add, backend_util, greater, mul } from "@tensorflow/tfjs-core";

import type { Gradient } from "../gradient.ts";
import { select } from "../masks.ts";

/** Selu: y = λ x where x > 0, else λ α (eˣ − 1);  x̄ = λ ȳ where y > 0, else (y + λ α) ȳ. */
export const seluGradient: Gradient = {
  kernel: "Selu",
  needs: { x: [] },
  needsOutput: true,
  pullback: ({ dy, output }) => {
    const { SELU_SCALE, SELU_SCALEALPHA } = backend_util;
    return { x: select(greater(output, 0), mul(dy, SELU_SCALE), mul(dy, add(output, SELU_SCALE * SELU_SCALEALPHA))) };
  },
};
