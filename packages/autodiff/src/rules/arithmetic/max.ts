import type { Value } from "@xdeep/onnx";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/**
 * Max: y = maxᵢ xᵢ;  x̄ᵢ = ȳ / n where xᵢ = y, else 0, n the number of inputs that equal y there.
 *
 * Ties share evenly, as in PyTorch.
 */
export const maxRule: GradientRule = { op: "Max", since: [8, 12, 13], broadcasts: true, pullback: extremumPullback };

/** Min: y = minᵢ xᵢ;  x̄ᵢ = ȳ / n where xᵢ = y, else 0, n the number of inputs that equal y there. Ties share evenly, as in PyTorch. */
export const minRule: GradientRule = { op: "Min", since: [8, 12, 13], broadcasts: true, pullback: extremumPullback };

function extremumPullback({ g, input, output, cotangent, inputCount, wants }: PullbackContext): readonly (Value | null)[] {
  if (inputCount === 1) return [cotangent(0)];
  const y = output(0);
  const attained = Array.from({ length: inputCount }, (_, i) => g.equal(input(i), y));
  const share = g.div(cotangent(0), g.sum(attained.map((mask) => g.castLike(mask, y))));
  return attained.map((mask, i) => (wants(i) ? g.keepWhere(mask, share) : null));
}
