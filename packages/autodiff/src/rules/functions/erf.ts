import type { GradientRule } from "../../sweep/rule.ts";

/** Erf: y = 2/√π ∫₀ˣ e^(−t²) dt;  x̄ = 2/√π e^(−x²) ȳ. */
export const erfRule: GradientRule = {
  op: "Erf",
  since: [9, 13],
  pullback: function erfPullback({ g, input, cotangent }) {
    return [g.mul(cotangent(0), g.scale(g.exp(g.neg(g.square(input(0)))), 2 / Math.sqrt(Math.PI)))];
  },
};
