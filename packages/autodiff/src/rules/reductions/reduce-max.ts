import { alongReduced, sumAlike } from "../../formulas/reduction.ts";
import type { GradientRule, Pullback } from "../../sweep/rule.ts";

/**
 * ReduceMax: y = max x over axes;  x̄ = ȳ / n at the n elements that equal the maximum, else 0.
 *
 * Ties share evenly, as in PyTorch's amax.
 */
export const reduceMaxRule: GradientRule = { op: "ReduceMax", since: [18, 20], pullback: extremumPullback };

/** ReduceMin: y = min x over axes;  x̄ = ȳ / n at the n elements that equal the minimum, else 0. Ties share evenly. */
export const reduceMinRule: GradientRule = { op: "ReduceMin", since: [18, 20], pullback: extremumPullback };

function extremumPullback(context: Parameters<Pullback>[0]): ReturnType<Pullback> {
  const { g, input, output, cotangent, inputCount } = context;
  const x = input(0);
  const reached = g.equal(x, alongReduced(context, output(0)));
  const share = g.div(alongReduced(context, cotangent(0)), sumAlike(context, g.castLike(reached, x)));
  return [g.keepWhere(reached, share), null].slice(0, inputCount);
}
