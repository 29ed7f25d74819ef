import type { GradientRule } from "../gradient-rule.ts";
import { insideWhere } from "../../formulas/masks.ts";

/** Relu6: y = min(max(x, 0), 6);  x̄ = ȳ where 0 < y < 6, else 0. At both bounds it is 0. */
export const relu6Rule: GradientRule = {
  kernel: "Relu6",
  needs: { x: [] },
  needsOutput: true,
  pullback: ({ dy, output }) => ({ x: insideWhere(output, 0, 6, dy) }),
};
