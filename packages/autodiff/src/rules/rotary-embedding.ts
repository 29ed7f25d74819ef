import type { Value } from "@xdeep/onnx";
import type { GradientRule, PullbackContext } from "../sweep/rule.ts";
import { unsupportedNode } from "../graph/unsupported-node.ts";

/**
 * RotaryEmbedding: y turns pairs of elements of x by angles (Su et al. 2021, arXiv:2104.09864);  x̄ is ȳ turned back, by the opposite sines.
 *
 * The caches of cosines and sines get no gradient: a model whose caches depend on the wanted inputs is refused.
 */
export const rotaryEmbeddingRule: GradientRule = {
  op: "RotaryEmbedding",
  since: [23],
  pullback: function rotaryEmbeddingPullback(context) {
    return turnedBack(context, 1, 2);
  },
};

/** com.microsoft.RotaryEmbedding: as RotaryEmbedding, with the positions as second input. */
export const microsoftRotaryEmbeddingRule: GradientRule = {
  op: "RotaryEmbedding",
  domain: "com.microsoft",
  since: [1],
  pullback: function microsoftRotaryEmbeddingPullback(context) {
    return turnedBack(context, 2, 3);
  },
};

function turnedBack({ g, node, input, hasInput, cotangent, inputCount, wants }: PullbackContext, cosines: number, sines: number): readonly (Value | null)[] {
  if (wants(cosines) || wants(sines)) throw unsupportedNode(node, "its cosines or sines depend on a wanted input; only x gets a gradient.");
  const inputs = Array.from({ length: inputCount }, (_, i) => (hasInput(i) ? input(i) : null));
  const dx = g.repeat(node, inputs.with(0, cotangent(0)).with(sines, g.neg(input(sines))))[0] as Value;
  return inputs.map((_, i) => (i === 0 ? dx : null));
}
