import type { FloatTensor, RectifierRule } from "@xdeep/core";
import { notBatched } from "@xdeep/core/backend";
import { type Tensor, keep, matMul, reshape, tensor2d, tidy, zeros } from "@tensorflow/tfjs-core";

import { type BackwardResult, backward } from "./reverse.ts";
import type { FilterCache } from "../formulas/filter-cache.ts";
import { type ForwardPass, asEngineError } from "./forward-pass.ts";
import { planRectifiers } from "./rectifier.ts";
import { retain } from "../engine/retain.ts";
import { upload } from "../engine/transfer.ts";

export interface BackwardPassOptions {
  /** Of the scored value. */
  readonly cotangent: FloatTensor;
  readonly rule: RectifierRule;
  readonly rectifiers: readonly string[];
  /** One per row; the gradients are then summed with these factors, on the engine. */
  readonly weights: Float32Array | undefined;
  readonly cache: FilterCache;
  /** Another backward run of this pass is to come. */
  readonly isReadAgain?: boolean | undefined;
}

export interface BackwardPass {
  /** By the names of the sources. To be disposed by the caller. */
  readonly gradients: ReadonlyMap<string, Tensor>;
  /** How many rectifiers the rule acted on. */
  readonly rectifiers: number;
  /** False where no gradient path leads to any source: the gradients are 0 then. */
  readonly isReached: boolean;
}

/**
 * Carries a cotangent back to the sources of a forward pass; the last time that uses up its recording. Synchronous.
 *
 * @throws {XDeepError} GRADIENT_MISSING; ENGINE_FAILED when the engine throws; BATCH_INVALID for weights where a gradient has no rows
 */
export function backwardPass(pass: ForwardPass, options: BackwardPassOptions): BackwardPass {
  const { cotangent, rule, rectifiers, weights, cache, isReadAgain } = options;
  const { scored, sources, recording } = pass;
  const gradients = new Map<string, Tensor>();
  let result: BackwardResult | undefined;
  try {
    tidy(() => {
      const plan = planRectifiers(recording, rule, rectifiers);
      const dy = reshape(upload(cotangent), scored.tensor.shape);
      const ids = [...sources.values()].map(({ id }) => id);
      result = backward(recording, { of: scored.id, cotangent: dy, wrt: ids, rectifiers: plan, cache, isReadAgain });
      for (const [name, { id, shape }] of sources) {
        const gradient = result.gradients.get(id) ?? zeros([...shape]);
        gradients.set(name, weights === undefined ? retain(gradient) : keep(weightedSum(name, gradient, weights)));
      }
    });
  } catch (error) {
    for (const gradient of gradients.values()) gradient.dispose();
    throw asEngineError(error);
  }
  return { gradients, rectifiers: result!.rectifiers, isReached: result!.gradients.size > 0 };
}

/** Σₙ wₙ gₙ: [N, …] → [1, …]. */
function weightedSum(name: string, gradients: Tensor, weights: Float32Array): Tensor {
  const [rows = 1, ...row] = gradients.shape;
  if (rows !== weights.length) throw notBatched(name, gradients.shape);
  return reshape(matMul(tensor2d(weights.slice(), [1, rows]), reshape(gradients, [rows, -1])), [1, ...row]);
}
