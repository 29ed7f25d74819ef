import { batchSize, concatRows, sharedInputs, sliceFeeds, splitRows } from "./batches.ts";
import { betweenRuns } from "./between-runs.ts";
import { XDeepError } from "./error.ts";
import type { ForwardResult, Model, ScoreRequest } from "./model.ts";
import { scoredOutputs } from "./resolve-values.ts";
import { expandTargets } from "./resolve-target.ts";
import type { ResolvedInput } from "./resolve-input.ts";
import type { Target } from "./target.ts";

export interface ScoreRowsOptions extends ScoreRequest {
  /** Outputs or inner values to keep. Default: the output that is scored. */
  readonly outputs?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The score of every row, in runs as large as the backend wants them: how a method fixes the target at x before it leaves x.
 *
 * @throws {XDeepError} RESULT_NOT_FINITE when a score is NaN or infinite
 */
export async function scoreRows(
  model: Model,
  { feeds, rows }: ResolvedInput,
  { output, target, score, outputs, signal }: ScoreRowsOptions,
): Promise<ForwardResult> {
  const targets = expandTargets(target, rows);
  const shared = sharedInputs(model.inputs);
  const wantedOutputs = outputs ?? scoredOutputs(model.outputs, output);
  const results: ForwardResult[] = [];
  for (const chunk of splitRows(rows, batchSize(model.capabilities))) {
    if (results.length > 0) await betweenRuns(signal);
    const wanted = targetsIn(targets.slice(chunk.start, chunk.end));
    results.push(await model.forward({ feeds: sliceFeeds(feeds, chunk, shared), output, target: wanted, score, outputs: wantedOutputs, signal }));
  }
  const first = results[0]!;
  const scores = Float32Array.from(results.flatMap((result) => [...result.scores]));
  checkScores(scores, first.output);
  return {
    outputs: Object.fromEntries(Object.keys(first.outputs).map((name) => [name, concatRows(results.map((result) => result.outputs[name]!))])),
    target: results.flatMap((result) => result.target),
    scores,
    output: first.output,
    score: first.score,
  };
}

/** The form that a request takes: null where every row is to take its argmax. */
export function targetsIn(targets: readonly (Target | null)[]): readonly Target[] | null {
  return targets.every((target) => target === null) ? null : (targets as readonly Target[]);
}

/** @throws {XDeepError} RESULT_NOT_FINITE when a score is NaN or infinite */
export function checkScores(scores: Float32Array, output: string, firstRow = 0): void {
  const row = scores.findIndex((value) => !Number.isFinite(value));
  if (row < 0) return;
  throw new XDeepError(
    "RESULT_NOT_FINITE",
    `The score in output "${output}" is ${scores[row]} at row ${firstRow + row}. Check the input's scale, and whether the model gives finite outputs for it.`,
    {
      details: { output, row: firstRow + row },
    },
  );
}
