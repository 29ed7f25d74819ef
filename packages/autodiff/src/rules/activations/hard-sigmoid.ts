import { insideMask } from "../../formulas/inside-mask.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/**
 * HardSigmoid: y = max(0, min(1, αx + β));  x̄ = αȳ where 0 < y < 1, else 0.
 *
 * Nothing passes at the kinks.
 */
export const hardSigmoidRule: GradientRule = {
  op: "HardSigmoid",
  since: [6, 22],
  pullback: function hardSigmoidPullback({ g, attributes, output, cotangent }) {
    const y = output(0);
    const dy = g.scale(cotangent(0), attributes.float("alpha", Math.fround(0.2)));
    return [insideMask(g, y, g.scalar(0, y), g.scalar(1, y), dy)];
  },
};
