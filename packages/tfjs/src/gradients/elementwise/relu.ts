import type { GradientRule } from "../gradient-rule.ts";
import { positiveWhere } from "../../formulas/masks.ts";

/** Relu: y = max(x, 0);  x̄ = ȳ where y > 0, else 0. At 0 it is 0. */
export const reluRule: GradientRule = {
  kernel: "Relu",
  needs: { x: [] },
  needsOutput: true,
  pullback: ({ dy, output }) => ({ x: positiveWhere(output, dy) }),
};
