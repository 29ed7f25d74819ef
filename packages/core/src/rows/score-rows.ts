import { concatRows } from "./batches.ts";
import { XDeepError } from "../errors/error.ts";
import type { ForwardResult, Model, ScoreRequest } from "../contract/model.ts";
import { scoredOutputs } from "../requests/resolve-values.ts";
import type { ResolvedInput } from "../requests/resolve-input.ts";
import { joinScores, runRows } from "./run-rows.ts";

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
export async function scoreRows(model: Model, input: ResolvedInput, { outputs, ...options }: ScoreRowsOptions): Promise<ForwardResult> {
  const wanted = outputs ?? scoredOutputs(model.outputs, options.output);
  const results = await runRows(model, input, options, (request) => model.forward({ ...request, outputs: wanted }));
  const scored = joinScores(results);
  checkScores(scored.scores, scored.output);
  return { ...scored, outputs: joinOutputs(results, Object.keys(results[0]!.outputs)) };
}

/** These outputs over the rows of all runs. */
export function joinOutputs(results: readonly Pick<ForwardResult, "outputs">[], names: readonly string[]): ForwardResult["outputs"] {
  return Object.fromEntries(names.map((name) => [name, concatRows(results.map(({ outputs }) => outputs[name]!))]));
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
