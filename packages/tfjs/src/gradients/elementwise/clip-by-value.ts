import type { GradientRule } from "../gradient-rule.ts";
import { insideWhere } from "../../formulas/masks.ts";

/** ClipByValue: y = min(max(x, lo), hi);  x̄ = ȳ where lo < y < hi, else 0. At both bounds it is 0. */
export const clipByValueRule: GradientRule = {
  kernel: "ClipByValue",
  needs: { x: [] },
  needsOutput: true,
  pullback: ({ dy, output, attrs }) => ({ x: insideWhere(output, attrs["clipValueMin"] as number, attrs["clipValueMax"] as number, dy) }),
};
