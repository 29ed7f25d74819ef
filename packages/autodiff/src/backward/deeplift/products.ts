import type { Value } from "@xdeep/onnx";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import { isOther } from "../../sweep/operands.ts";
import type { GradientRule, Pullback, PullbackContext } from "../../sweep/rule.ts";

/** Products of two values: Δ(a b) = Δa (b + b′) / 2 + Δb (a + a′) / 2, the ordinary pullback at the mean of both runs. */
export function product(found: GradientRule): Pullback {
  return function productPullback(context) {
    const { g, node, input, inputCount, twin } = context;
    const factors = Array.from({ length: inputCount }, (_, i) => i).filter((i) => context.hasInput(i) && isOther(context, i));
    if (node.opType === "Einsum" && factors.length > 2) throw unsupportedNode(node, "DeepLIFT takes products of two values apart, and this one has more.");
    const mean = (value: Value): Value => {
      const other = twin(value);
      return other.name === value.name ? value : g.scale(g.add(value, other), 0.5);
    };
    return found.pullback({ ...context, input: (i) => mean(input(i)) });
  };
}

/** Div: Δ(a / b) = Δa (1/b + 1/b′) / 2 − Δb (a + a′) / 2 / (b b′). */
export function quotient(): Pullback {
  return function quotientPullback({ g, input, cotangent, twin, wants }: PullbackContext) {
    const [a, b, m] = [input(0), input(1), cotangent(0)];
    const inverse = (value: Value): Value => g.reciprocal(value);
    const da = g.scale(g.mul(m, g.add(inverse(b), inverse(twin(b)))), 0.5);
    const db = (): Value => g.neg(g.mul(m, g.div(g.scale(g.div(g.add(a, twin(a)), b), 0.5), twin(b))));
    return [wants(0) ? da : null, wants(1) ? db() : null];
  };
}
