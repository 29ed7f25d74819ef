import type { GradientRule } from "../../sweep/rule.ts";

/** MaxUnpool: y has each element of x where its index says, zeros elsewhere;  x̄ is ȳ read at the indices. */
export const maxUnpoolRule: GradientRule = {
  op: "MaxUnpool",
  since: [9, 11, 22],
  pullback: function maxUnpoolPullback({ g, input, cotangent, inputCount }) {
    return [g.gather(g.reshape(cotangent(0), g.ints([-1])), input(1), 0), null, null].slice(0, inputCount);
  },
};
