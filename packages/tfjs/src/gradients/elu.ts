import { add, greater, mul } from "@tensorflow/tfjs-core";

import type { Gradient } from "../gradient.ts";
import { select } from "../masks.ts";

/** Elu: y = x where x > 0, else eˣ − 1;  x̄ = ȳ where y > 0, else (y + 1) ȳ. */
export const eluGradient: Gradient = {
  kernel: "Elu",
  needs: { x: [] },
  needsOutput: true,
  pullback: ({ dy, output }) => ({ x: select(greater(output, 0), dy, mul(dy, add(output, 1))) }),
};
