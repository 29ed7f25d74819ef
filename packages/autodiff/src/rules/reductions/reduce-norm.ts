import { alongReduced } from "../../formulas/reduction.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/** ReduceL1: y = Σ |x| over axes;  x̄ = ȳ sign(x), 0 at x = 0. */
export const reduceL1Rule: GradientRule = {
  op: "ReduceL1",
  since: [18],
  pullback: function reduceL1Pullback(context) {
    const { g, input, cotangent, inputCount } = context;
    return [g.mul(alongReduced(context, cotangent(0)), g.sign(input(0))), null].slice(0, inputCount);
  },
};

/** ReduceL2: y = √Σ x² over axes;  x̄ = ȳ x / y, 0 where y = 0. */
export const reduceL2Rule: GradientRule = {
  op: "ReduceL2",
  since: [18],
  pullback: function reduceL2Pullback(context) {
    const { g, input, output, cotangent, inputCount } = context;
    const [y, dy] = [output(0), cotangent(0)];
    const isZero = g.equal(y, g.scalar(0, y));
    const norm = alongReduced(context, g.where(isZero, g.scalar(1, y), y));
    const scaled = alongReduced(context, g.where(isZero, g.scalar(0, dy), dy));
    // The quotient first: x / y is at most 1, where ȳ / y may overflow.
    return [g.mul(g.div(input(0), norm), scaled), null].slice(0, inputCount);
  },
};

/** ReduceSumSquare: y = Σ x² over axes;  x̄ = 2 ȳ x. */
export const reduceSumSquareRule: GradientRule = {
  op: "ReduceSumSquare",
  since: [18],
  pullback: function reduceSumSquarePullback(context) {
    const { g, input, cotangent, inputCount } = context;
    return [g.mul(alongReduced(context, g.scale(cotangent(0), 2)), input(0)), null].slice(0, inputCount);
  },
};
