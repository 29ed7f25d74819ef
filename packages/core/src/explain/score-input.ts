import type { ExplainOptions, TargetsOptions } from "../contract/explainer.ts";
import type { Model, ScoreResult } from "../contract/model.ts";
import type { ResolvedInput } from "../requests/resolve-input.ts";
import { expandTargets } from "../requests/resolve-target.ts";
import { resolveOutput } from "../requests/resolve-values.ts";
import { scoreTargets } from "../rows/score-rows.ts";
import type { Target, TargetOption } from "../contract/target.ts";

/**
 * Whether anybody reads the scores and the delta of a call: not where an outer method averages over the points of a row, since it knows those of
 * the row itself.
 */
export function readsScores({ origin, weights }: Pick<ExplainOptions, "origin" | "weights">): boolean {
  return origin === undefined || weights === undefined;
}

/**
 * Each row's target and score at the input, before a method leaves it, for each of several targets: from one run where that is possible. Nothing runs, and
 * scores are empty, where an outer method has fixed the targets and nobody reads the scores.
 *
 * @throws {XDeepError} RESULT_NOT_FINITE when a score is NaN or infinite; TARGET_INVALID for a list of another length than the rows
 */
export async function scoreInput(
  model: Model,
  input: ResolvedInput,
  targets: readonly (TargetOption | undefined)[],
  options: TargetsOptions,
): Promise<readonly ScoreResult[]> {
  const { output, score = "logit", signal } = options;
  const lists = targets.map((target) => expandTargets(target, input.rows));
  const runs = lists.map((list) => readsScores(options) || !list.every(isFixed));
  const wanted = targets.filter((_, k) => runs[k]);
  const scored = wanted.length === 0 ? [] : [...(await scoreTargets(model, input, wanted.map(orArgmax), { output, score, signal }))];
  return lists.map((list, k) => {
    if (runs[k]) return scored.shift()!;
    return { target: list as readonly Target[], scores: new Float32Array(0), output: output ?? resolveOutput(model.outputs).name, score };
  });
}

function orArgmax(target: TargetOption | undefined): TargetOption {
  return target ?? null;
}

/** Neither an argmax nor a maximum, which have to be looked for. */
function isFixed(target: Target | null): target is Target {
  return target !== null && !(typeof target === "object" && "max" in target);
}
