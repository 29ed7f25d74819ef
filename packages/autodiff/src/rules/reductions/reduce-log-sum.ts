import { alongReduced, sumAlike } from "../../formulas/reduction.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/** ReduceLogSum: y = log Σ x over axes;  x̄ = ȳ exp(−y) along them. */
export const reduceLogSumRule: GradientRule = {
  op: "ReduceLogSum",
  since: [18, 28],
  pullback: function reduceLogSumPullback(context) {
    const { g, input, output, cotangent, inputCount } = context;
    const scaled = g.mul(cotangent(0), g.exp(g.neg(output(0))));
    return [g.expandLike(alongReduced(context, scaled), input(0)), null].slice(0, inputCount);
  },
};

/** ReduceLogSumExp: y = log Σ exp(x) over axes;  x̄ = ȳ exp(x − y). */
export const reduceLogSumExpRule: GradientRule = {
  op: "ReduceLogSumExp",
  since: [18, 28],
  pullback: function reduceLogSumExpPullback(context) {
    const { g, input, output, cotangent, inputCount } = context;
    const share = g.exp(g.sub(input(0), alongReduced(context, output(0))));
    // The shares sum to 1 but for the rounding of y, which is large where y is.
    const exact = g.div(share, sumAlike(context, share));
    return [g.mul(alongReduced(context, cotangent(0)), exact), null].slice(0, inputCount);
  },
};
