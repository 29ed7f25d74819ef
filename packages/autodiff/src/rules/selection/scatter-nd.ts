import type { GradientRule } from "../../sweep/rule.ts";
import { scatterPullback } from "../../formulas/scatter-gradient.ts";

/** ScatterND: y is x with slices u written at index tuples, or combined with what stands there;  ū and x̄ as in scatter-gradient.ts. */
export const scatterNdRule: GradientRule = {
  op: "ScatterND",
  since: [18],
  pullback: function scatterNdPullback(context) {
    const { g, input } = context;
    return scatterPullback(context, {
      read: (x) => g.op("GatherND", [x, input(1)]),
      write: (x, updates, reduction) => g.op("ScatterND", [x, input(1), updates], { reduction }),
    });
  },
};
