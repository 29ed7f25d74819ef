import type { GradientRule } from "../../sweep/rule.ts";
import { scatterPullback } from "../../formulas/scatter-gradient.ts";

/** ScatterElements: y is x with updates u written at indices along an axis, or combined with what stands there;  ū and x̄ as in scatter-gradient.ts. */
export const scatterElementsRule: GradientRule = {
  op: "ScatterElements",
  since: [18],
  pullback: function scatterElementsPullback(context) {
    const { g, attributes, input } = context;
    const axis = attributes.int("axis", 0);
    return scatterPullback(context, {
      read: (x) => g.op("GatherElements", [x, input(1)], { axis }),
      write: (x, updates, reduction) => g.op("ScatterElements", [x, input(1), updates], { axis, reduction }),
    });
  },
};
