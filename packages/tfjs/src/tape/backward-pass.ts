import type { FloatTensor, RectifierRule, Rule } from "@xdeep/core";
import { knownParameters, notBatched, numberParameter, ruleName, ruleParameters } from "@xdeep/core/backend";
import { type Tensor, keep, matMul, mul, reshape, sub, tensor2d, tidy, zeros } from "@tensorflow/tfjs-core";

import { type BackwardResult, backward } from "./reverse.ts";
import type { FilterCache } from "../formulas/filter-cache.ts";
import { type ForwardPass, asEngineError } from "./forward-pass.ts";
import { type RectifierPlan, planRectifiers } from "./rectifier.ts";
import { planDeepLift } from "./relevance/deeplift.ts";
import { planEpsilon } from "./relevance/epsilon.ts";
import { retain } from "../engine/retain.ts";
import { upload } from "../engine/transfer.ts";

export interface BackwardPassOptions {
  /** Of the scored value. */
  readonly cotangent: FloatTensor;
  readonly rule: Rule;
  /** The rule gives relevance: the values of the sources are multiplied with what comes back. */
  readonly isRelevance?: boolean | undefined;
  /** The run at x′, for rules that compare two. */
  readonly reference?: ForwardPass | undefined;
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
  const { cotangent, rectifiers, weights, cache, isReadAgain } = options;
  const { scored, sources, recording } = pass;
  const gradients = new Map<string, Tensor>();
  let result: BackwardResult | undefined;
  try {
    tidy(() => {
      const plan = planOf(pass, options, rectifiers);
      const dy = reshape(upload(cotangent), scored.tensor.shape);
      const ids = [...sources.values()].map(({ id }) => id);
      result = backward(recording, { of: scored.id, cotangent: dy, wrt: ids, rectifiers: plan, cache, isReadAgain });
      for (const [name, { id, shape }] of sources) {
        const gradient = relevanceOf(pass, name, result.gradients.get(id) ?? zeros([...shape]), options);
        gradients.set(name, weights === undefined ? retain(gradient) : keep(weightedSum(name, gradient, weights)));
      }
    });
  } catch (error) {
    for (const gradient of gradients.values()) gradient.dispose();
    throw asEngineError(error);
  }
  return { gradients, rectifiers: result!.rectifiers, isReached: result!.gradients.size > 0 };
}

function planOf({ recording, scored }: ForwardPass, { rule, reference }: BackwardPassOptions, rectifiers: readonly string[]): RectifierPlan {
  const name = ruleName(rule);
  if (name === "lrp-epsilon") return planEpsilon(recording, scored.id, epsilonOf(rule));
  return reference === undefined ? planRectifiers(recording, name as RectifierRule, rectifiers) : planDeepLift(recording, reference.recording, scored.id);
}

/** What is returned of a cotangent: x ⊙ c, or (x − x′) ⊙ m. */
function relevanceOf(pass: ForwardPass, name: string, cotangent: Tensor, { isRelevance = false, reference }: BackwardPassOptions): Tensor {
  if (!isRelevance) return cotangent;
  const x = pass.sourceValues.get(name)!;
  return mul(reference === undefined ? x : sub(x, reference.sourceValues.get(name)!), cotangent);
}

const EPSILON = 1e-6;

/** @throws {XDeepError} RULE_INVALID */
function epsilonOf(rule: Rule): number {
  const [name, parameters] = [ruleName(rule), ruleParameters(rule)];
  knownParameters(name, parameters, ["epsilon"]);
  return numberParameter(name, parameters, "epsilon", EPSILON);
}

/** Σₙ wₙ gₙ: [N, …] → [1, …]. */
function weightedSum(name: string, gradients: Tensor, weights: Float32Array): Tensor {
  const [rows = 1, ...row] = gradients.shape;
  if (rows !== weights.length) throw notBatched(name, gradients.shape);
  return reshape(matMul(tensor2d(weights.slice(), [1, rows]), reshape(gradients, [rows, -1])), [1, ...row]);
}
