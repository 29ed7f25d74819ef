import type { Explainer, Model } from "@xdeep/core";

import { type AttentionLayer, identity, overHeads, times } from "./attention-layer.ts";
import { type AttentionOptions, attentionMethod } from "./attention-run.ts";

/**
 * Attention rollout: Πₗ (½ Āₗ + ½ I), the last layer leftmost, Ā the mean over heads; the row of the token that is scored, [N, tokens]. It does not depend on the target.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` CAPABILITY_MISSING, MODEL_UNSUPPORTED and the codes of `vjp`
 * @see S. Abnar, W. Zuidema (2020), Quantifying Attention Flow in Transformers, arXiv:2005.00928
 */
export function attentionRollout(model: Model, options: AttentionOptions = {}): Explainer {
  return attentionMethod(model, options, "attention-rollout", rollout);
}

function rollout(layers: readonly AttentionLayer[]): Float64Array {
  const { tokens } = layers[0]!;
  const one = identity(tokens);
  return layers.reduce<Float64Array>((product, layer) => {
    const mean = overHeads(layer, (i) => layer.probabilities[i]!);
    return times(
      mean.map((value, i) => (value + one[i]!) / 2),
      product,
      tokens,
    );
  }, one);
}
