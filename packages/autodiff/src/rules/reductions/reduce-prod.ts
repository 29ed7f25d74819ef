import { alongReduced, sumAlike } from "../../formulas/reduction.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/**
 * ReduceProd: y = Π x over axes;  x̄ᵢ = ȳ Π xⱼ over all j ≠ i.
 *
 * With one factor 0 only that one has a cotangent, the product of the others; with more there is none.
 */
export const reduceProdRule: GradientRule = {
  op: "ReduceProd",
  since: [18],
  pullback: function reduceProdPullback(context) {
    const { g, attributes, input, hasInput, cotangent, inputCount } = context;
    const x = input(0);
    const [zero, one] = [g.scalar(0, x), g.scalar(1, x)];
    const isZero = g.equal(x, zero);
    const zeros = sumAlike(context, g.castLike(isZero, x));
    const factors = g.where(isZero, one, x);
    const noop = attributes.int("noop_with_empty_axes", 0);
    const product = g.op("ReduceProd", [factors, hasInput(1) ? input(1) : null], { keepdims: 1, noop_with_empty_axes: noop });
    // Every other factor is in the product where the zeros among them are none: none at all, or only xᵢ itself.
    const othersNonzero = g.equal(zeros, g.castLike(isZero, x));
    const others = g.where(othersNonzero, g.div(product, factors), zero);
    return [g.mul(alongReduced(context, cotangent(0)), others), null].slice(0, inputCount);
  },
};
