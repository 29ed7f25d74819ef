import type { GradientRule } from "../../sweep/rule.ts";

/**
 * LeakyRelu: y = x where x ≥ 0, else αx;  x̄ = ȳ where x > 0, else αȳ.
 *
 * The subgradient at x = 0 is α, as in PyTorch and TensorFlow. The sign is read from y where it is that of x, so that engines can fuse the
 * operator with the one before.
 */
export const leakyReluRule: GradientRule = {
  op: "LeakyRelu",
  since: [6, 16],
  pullback: function leakyReluPullback({ g, attributes, input, output, cotangent }) {
    const alpha = attributes.float("alpha", Math.fround(0.01));
    const signed = alpha >= 0 ? output(0) : input(0);
    return [g.where(g.greater(signed, g.scalar(0, signed)), cotangent(0), g.scale(cotangent(0), alpha))];
  },
};
