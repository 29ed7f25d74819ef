import type { FloatTensor, RectifierRule } from "@xdeep/core";
import { type Tensor, keep, matMul, reshape, tensor2d, tidy, zeros } from "@tensorflow/tfjs-core";

import { backward } from "./reverse.ts";
import type { FilterCache } from "../formulas/filter-cache.ts";
import { type ForwardPass, type RunValue, asEngineError } from "./forward-pass.ts";
import { planRectifiers } from "./rectifier.ts";
import { upload } from "../engine/transfer.ts";

export interface BackwardPassOptions {
  /** The value that the cotangent belongs to. */
  readonly scored: RunValue;
  readonly cotangent: FloatTensor;
  readonly rule: RectifierRule;
  readonly rectifiers: readonly string[];
  /** One per row; the gradients are then summed with these factors, on the engine. */
  readonly weights: Float32Array | undefined;
  readonly cache: FilterCache;
}

export interface BackwardPass {
  /** By the names of the inputs. To be disposed by the caller. */
  readonly gradients: ReadonlyMap<string, Tensor>;
  /** How many rectifiers the rule acted on. */
  readonly rectifiers: number;
}

/** Carries a cotangent back to the inputs of a forward pass, using up its recording. Synchronous. */
export function backwardPass(pass: ForwardPass, options: BackwardPassOptions): BackwardPass {
  const { scored, cotangent, rule, rectifiers, weights, cache } = options;
  const gradients = new Map<string, Tensor>();
  let acted = 0;
  try {
    tidy(() => {
      const plan = planRectifiers(pass.recording, rule, rectifiers);
      const dy = reshape(upload(cotangent), scored.tensor.shape);
      const names = [...pass.sources.keys()];
      const result = backward(pass.recording, { of: scored.id, cotangent: dy, wrt: [...pass.sources.values()], rectifiers: plan, cache });
      acted = result.rectifiers;
      names.forEach((name, i) => {
        const gradient = result.gradients[i] ?? zeros(pass.shapes.get(name)! as number[]);
        gradients.set(name, keep(weights === undefined ? gradient : weightedSum(gradient, weights)));
      });
    });
  } catch (error) {
    for (const gradient of gradients.values()) gradient.dispose();
    throw asEngineError(error);
  }
  return { gradients, rectifiers: acted };
}

/** Σₙ wₙ gₙ: [N, …] → [1, …]. */
function weightedSum(gradients: Tensor, weights: Float32Array): Tensor {
  const [rows = 1, ...row] = gradients.shape;
  return reshape(matMul(tensor2d(weights.slice(), [1, rows]), reshape(gradients, [rows, -1])), [1, ...row]);
}
