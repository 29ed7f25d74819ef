import { alongReduced, reducedCount } from "../../formulas/reduction.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/** ReduceSum: y = Σ x over axes;  x̄ = ȳ along them. */
export const reduceSumRule: GradientRule = {
  op: "ReduceSum",
  since: [13],
  pullback: function reduceSumPullback(context) {
    const { g, input, cotangent, inputCount } = context;
    return [g.expandLike(alongReduced(context, cotangent(0)), input(0)), null].slice(0, inputCount);
  },
};

/** ReduceMean: y = Σ x / n over axes that hold n elements;  x̄ = ȳ / n along them. */
export const reduceMeanRule: GradientRule = {
  op: "ReduceMean",
  since: [18],
  pullback: function reduceMeanPullback(context) {
    const { g, input, cotangent, inputCount } = context;
    const share = g.div(cotangent(0), reducedCount(context));
    return [g.expandLike(alongReduced(context, share), input(0)), null].slice(0, inputCount);
  },
};
