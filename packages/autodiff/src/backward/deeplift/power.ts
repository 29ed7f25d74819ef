import type { Value } from "@xdeep/onnx";
import { constantNumber } from "../../formulas/constant-number.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import { isOther } from "../../sweep/operands.ts";
import type { GradientRule, Pullback, PullbackContext } from "../../sweep/rule.ts";
import { absolute, relative, rescaled } from "./elementwise.ts";
import { quotientOf } from "./quotient.ts";

/** Pow, of a base with a constant exponent or of an exponent with a constant base. */
export function powerRescale(found: GradientRule): Pullback {
  return function powerRescalePullback(context) {
    const { g, node, input, cotangent } = context;
    if (isOther(context, 0) && isOther(context, 1))
      throw unsupportedNode(node, "base and exponent both depend on what is explained, and DeepLIFT has no rule for that.");
    if (isOther(context, 1)) return rescaled(absolute, 1)(found)(context);
    const factor = closedFactor(context, constantNumber(input(1)));
    return factor === null ? rescaled(relative)(found)(context) : [g.mul(cotangent(0), factor), null];
  };
}

/** Δ(xᵇ) / Δx where there is a form of it without a difference. */
function closedFactor({ g, input, output, twin }: PullbackContext, exponent: number | undefined): Value | null {
  const [x, y] = [input(0), output(0)];
  if (exponent === 1) return g.fillLike(x, 1);
  if (exponent === 2) return g.add(x, twin(x));
  if (exponent === 3) return g.add(g.square(g.add(x, twin(x))), g.neg(g.mul(x, twin(x))));
  if (exponent === 0.5) return quotientOf(g, g.fillLike(x, 1), g.add(y, twin(y)));
  if (exponent === -1) return g.neg(g.mul(y, twin(y)));
  return null;
}
