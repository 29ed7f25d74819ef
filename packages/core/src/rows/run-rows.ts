import { batchSize, sliceFeeds, splitRows } from "./batches.ts";
import type { RowRange } from "./batches.ts";
import { betweenRuns } from "./between-runs.ts";
import type { ExplainOptions } from "../contract/explainer.ts";
import type { ForwardRequest, Model, ScoreRequest, ScoreResult, VjpResult } from "../contract/model.ts";
import type { ResolvedInput } from "../requests/resolve-input.ts";
import { expandTargets } from "../requests/resolve-target.ts";
import type { Target } from "../contract/target.ts";

export type RunRowsOptions = ScoreRequest & Pick<ExplainOptions, "signal" | "onProgress">;

/** Calls `run` for as many rows at a time as the backend wants, one call after the other, with the request for those rows. */
export async function runRows<R>(
  model: Model,
  { feeds, rows }: ResolvedInput,
  { output, target, score, signal, onProgress }: RunRowsOptions,
  run: (request: ForwardRequest, range: RowRange) => Promise<R>,
): Promise<readonly R[]> {
  const targets = expandTargets(target, rows);
  const ranges = splitRows(rows, batchSize(model.capabilities));
  const results: R[] = [];
  for (const range of ranges) {
    if (results.length > 0) await betweenRuns(signal);
    const wanted = targetsIn(targets.slice(range.start, range.end));
    results.push(await run({ feeds: sliceFeeds(feeds, range, model.inputs), output, target: wanted, score, signal }, range));
    onProgress?.({ done: results.length, total: ranges.length });
  }
  return results;
}

/** What was scored in all of the runs together. */
export function joinScores(results: readonly ScoreResult[]): ScoreResult {
  const { output, score } = results[0]!;
  return { target: results.flatMap(({ target }) => target), scores: Float32Array.from(results.flatMap(({ scores }) => [...scores])), output, score };
}

/** Scores at x′ of all rows; none where a run has not found them. */
export function joinReferenceScores(results: readonly Pick<VjpResult, "referenceScores">[]): Pick<VjpResult, "referenceScores"> {
  const parts = results.map(({ referenceScores }) => referenceScores);
  return parts.includes(undefined) ? {} : { referenceScores: Float32Array.from(parts.flatMap((part) => [...part!])) };
}

/** The form that a request takes: null where every row is to take its argmax. */
export function targetsIn(targets: readonly (Target | null)[]): readonly Target[] | null {
  return targets.every((target) => target === null) ? null : (targets as readonly Target[]);
}
