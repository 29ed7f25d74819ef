import { greater, mul } from "@tensorflow/tfjs-core";

import type { Gradient } from "../gradient.ts";
import { select } from "../masks.ts";

/** LeakyRelu: y = x where x > 0, else α x;  x̄ = ȳ where x > 0, else α ȳ. */
export const leakyReluGradient: Gradient = {
  kernel: "LeakyRelu",
  needs: { x: ["x"] },
  pullback: ({ dy, input, attrs }) => ({ x: select(greater(input("x"), 0), dy, mul(dy, attrs["alpha"] as number)) }),
};
