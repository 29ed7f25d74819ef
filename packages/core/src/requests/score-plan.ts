import type { ScoreResult } from "../contract/model.ts";
import type { ForwardPlan } from "./plan-request.ts";
import { resolveTargets, scoreEntries } from "./resolve-target.ts";
import type { TargetEntries } from "./resolve-target.ts";
import type { Target } from "../contract/target.ts";

/** What a plan scored, and the entries of each row that its score is made of. */
export interface ScoredPlan {
  readonly scored: ScoreResult;
  readonly entries: readonly TargetEntries[];
}

/**
 * Picks what a plan asks for out of the values that a backend has computed; empty where nothing is scored.
 *
 * @param values the scored values with the dims of the output, [N, …]; not called where nothing is scored
 * @throws {XDeepError} TARGET_INVALID, TARGET_OUT_OF_RANGE; RESULT_NOT_FINITE when an argmax meets NaN
 */
export function scorePlan(
  { output, score, targets }: ForwardPlan,
  values: () => { readonly dims: readonly number[]; readonly data: ArrayLike<number> },
): ScoredPlan {
  if (targets === undefined) return { scored: { target: [], scores: new Float32Array(0), output: output.name, score }, entries: [] };
  const { dims, data } = values();
  const resolved = resolveTargets({ name: output.name, dims, data }, targets as readonly Target[]);
  return { scored: { target: resolved.targets, scores: scoreEntries(data, resolved.entries), output: output.name, score }, entries: resolved.entries };
}
