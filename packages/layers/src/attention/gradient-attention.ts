import type { Explainer, Model } from "@xdeep/core";

import { type AttentionLayer, identity, overHeads, times } from "./attention-layer.ts";
import { type AttentionOptions, attentionMethod } from "./attention-run.ts";

/**
 * Gradient × attention: R₀ = I, and layer by layer from the first R ← R + Ā R with Ā = mean over heads of ReLU(∂F/∂A ⊙ A); the row of the token that is
 * scored, [N, tokens]. For self-attention.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` CAPABILITY_MISSING, MODEL_UNSUPPORTED and the codes of `vjp`
 * @see H. Chefer, S. Gur, L. Wolf (2021), Generic Attention-model Explainability, arXiv:2103.15679
 */
export function gradientAttention(model: Model, options: AttentionOptions = {}): Explainer {
  return attentionMethod(model, options, "gradient-attention", accumulate);
}

function accumulate(layers: readonly AttentionLayer[]): Float64Array {
  const { tokens } = layers[0]!;
  return layers.reduce<Float64Array>((relevance, layer) => {
    const positive = overHeads(layer, (i) => Math.max(0, layer.gradient[i]! * layer.probabilities[i]!));
    const added = times(positive, relevance, tokens);
    return relevance.map((value, i) => value + added[i]!);
  }, identity(tokens));
}
