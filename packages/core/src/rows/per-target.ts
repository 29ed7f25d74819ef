import { runEach } from "./between-runs.ts";
import type { VjpResult } from "../contract/model.ts";
import type { VjpPlan } from "../requests/plan-request.ts";

/** Runs a plan for each of its targets, one after the other: the way of backends that have no shorter one, and of targets that take another. */
export async function runPerTarget(plan: VjpPlan, run: (plan: VjpPlan) => Promise<VjpResult>): Promise<VjpResult> {
  const { targetLists, ...rest } = plan;
  if (targetLists === undefined) return run(plan);
  return joinTargets(await runEach(targetLists, plan.signal, (targets) => run({ ...rest, targets, targetLists: undefined })));
}

/** The results of several targets as one. */
export function joinTargets(results: readonly VjpResult[]): VjpResult {
  const notes = [...new Set(results.flatMap((result) => result.notes ?? []))];
  const perTarget = results.map(({ target, scores, gradients }) => ({ target, scores, gradients }));
  return { ...results[0]!, perTarget, ...(notes.length === 0 ? {} : { notes }) };
}
