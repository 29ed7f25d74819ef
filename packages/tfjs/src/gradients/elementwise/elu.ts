import { type Tensor, add, mul, relu, sub } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** Elu: y = x where x > 0, else eˣ − 1;  x̄ = ȳ (1 + min(y, 0)). */
export const eluRule: GradientRule = {
  kernel: "Elu",
  needs: { x: [] },
  needsOutput: true,
  pullback: ({ dy, output }) => ({ x: throughElu(output, dy) }),
};

/** min(y, 0) as y − relu(y). */
export function throughElu(y: Tensor, dy: Tensor): Tensor {
  return mul(dy, add(sub(y, relu(y)), 1));
}
