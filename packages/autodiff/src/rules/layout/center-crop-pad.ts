import type { GradientRule } from "../../sweep/rule.ts";

/** CenterCropPad: y is x with its ends cut off or zeros added until it has the size asked for;  x̄ is ȳ brought back to the size of x in the same way. */
export const centerCropPadRule: GradientRule = {
  op: "CenterCropPad",
  since: [18],
  pullback: function centerCropPadPullback({ g, attributes, input, cotangent }) {
    const axes = attributes.ints("axes");
    const x = input(0);
    const sizes = axes === undefined ? g.shapeOf(x) : g.gather(g.shapeOf(x), g.ints(axes), 0);
    return [g.op("CenterCropPad", [cotangent(0), sizes], { axes }), null];
  },
};
