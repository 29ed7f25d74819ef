import type { GraphBuilder, Value } from "@xdeep/onnx";
import { constantNumber } from "../../formulas/constant-number.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/**
 * Pow: y = aᵇ;  ā = b aᵇ⁻¹ ȳ, b̄ = y log(a) ȳ.
 *
 * ā = 0 where b = 0, and b̄ = 0 where a = 0 and b ≥ 0, though factors are infinite there. b̄ is NaN for a < 0, where aᵇ is no function of
 * real b. The exponent may have an element type of its own.
 */
export const powRule: GradientRule = {
  op: "Pow",
  since: [12, 13, 15],
  broadcasts: true,
  pullback: function powPullback({ g, input, output, cotangent, wants }) {
    const [base, exponent, dy] = [input(0), input(1), cotangent(0)];
    const constant = constantNumber(exponent);
    const slope = constant === undefined ? slopeInBase(g, base, exponent) : slopeAtExponent(g, base, output(0), constant);
    return [wants(0) ? g.mul(dy, slope) : null, wants(1) ? g.castLike(g.mul(dy, slopeInExponent(g, base, exponent, output(0))), exponent) : null];
  },
};

function slopeAtExponent(g: GraphBuilder, a: Value, y: Value, b: number): Value {
  if (b === 0) return g.zerosLike(a);
  if (b === 1) return g.fillLike(a, 1);
  if (b === 2) return g.scale(a, 2);
  if (b === 0.5) return g.div(g.scalar(0.5, a), y);
  return g.scale(g.pow(a, g.scalar(b - 1, a)), b);
}

function slopeInBase(g: GraphBuilder, a: Value, exponent: Value): Value {
  const b = g.castLike(exponent, a);
  return g.keepWhere(g.not(g.equal(b, g.scalar(0, b))), g.mul(b, g.pow(a, g.shift(b, -1))));
}

function slopeInExponent(g: GraphBuilder, a: Value, b: Value, y: Value): Value {
  const flat = g.and(g.equal(a, g.scalar(0, a)), g.greaterOrEqual(b, g.scalar(0, b)));
  return g.keepWhere(g.not(flat), g.mul(y, g.log(a)));
}
