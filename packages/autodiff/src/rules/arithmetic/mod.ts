import type { GradientRule } from "../../sweep/rule.ts";

/**
 * Mod: y = a − n b with a whole number n;  ā = ȳ, b̄ = −n ȳ.
 *
 * n is the truncated quotient with fmod, which floats require, and the floor without.
 */
export const modRule: GradientRule = {
  op: "Mod",
  since: [10, 13, 28],
  broadcasts: true,
  pullback: function modPullback({ g, input, output, cotangent, wants }) {
    const dy = cotangent(0);
    if (!wants(1)) return [dy, null];
    // a − y is a multiple of b but for rounding, whichever way n was rounded.
    const whole = g.op("Round", [g.div(g.sub(input(0), output(0)), input(1))]);
    return [dy, g.neg(g.mul(dy, whole))];
  },
};
