import type { GradientRule } from "../../sweep/rule.ts";

/** Mish: y = x t with t = tanh(log(1 + eˣ));  x̄ = (t + x (1 − t²) σ(x)) ȳ. */
export const mishRule: GradientRule = {
  op: "Mish",
  since: [18, 22],
  pullback: function mishPullback({ g, input, cotangent }) {
    const x = input(0);
    const t = g.tanh(g.op("Softplus", [x]));
    const bend = g.mul(g.mul(x, g.sigmoid(x)), g.sub(g.scalar(1, t), g.square(t)));
    return [g.mul(cotangent(0), g.add(t, bend))];
  },
};
