import { sliceFeeds } from "./batches.ts";
import type { RowRange } from "./batches.ts";
import { joinGradients } from "./join-runs.ts";
import { type Pause, betweenRuns, pauses } from "./between-runs.ts";
import { XDeepError } from "../errors/error.ts";
import type { ExplainOptions } from "../contract/explainer.ts";
import type { Model, TargetGradients, VjpRequest, VjpResult } from "../contract/model.ts";
import { joinTargets } from "./per-target.ts";
import type { ResolvedInput } from "../requests/resolve-input.ts";
import { scoredOutputs } from "../requests/resolve-values.ts";
import { expandTargets } from "../requests/resolve-target.ts";
import { joinReferenceScores, joinScores, runRows, targetsIn } from "./run-rows.ts";
import { scoreNotes } from "./score-notes.ts";
import { checkScores, joinOutputs } from "./score-rows.ts";
import type { TargetOption } from "../contract/target.ts";
import { firstNonFiniteInPieces } from "../requests/validate-feeds.ts";

export interface VjpRowsOptions extends Omit<ExplainOptions, "origin">, Pick<VjpRequest, "reference" | "rectifiers" | "rule" | "targets"> {
  /** Outputs or inner values to return beside the gradients. Default: none. */
  readonly outputs?: readonly string[] | undefined;
}

/** The result of all rows. */
export interface VjpRowsResult extends VjpResult {
  /** With the notes on each target's own scores. */
  readonly perTarget?: readonly (TargetGradients & Pick<VjpResult, "notes">)[] | undefined;
}

/**
 * The gradient of the score for every row, or its weighted sum, in runs as large as the backend wants them: the loop under every method that asks
 * for gradients once. Notes tell of saturated scores, and of probabilities that the output does not have, besides what the backend says.
 *
 * @throws {XDeepError} the codes of `vjp`; RESULT_NOT_FINITE when a score or a gradient is NaN or infinite; BATCH_INVALID where rows of several
 *   runs cannot be joined
 */
export async function vjpRows(model: Model, input: ResolvedInput, options: VjpRowsOptions): Promise<VjpRowsResult> {
  const { outputs = [], rule, rectifiers, reference, wrt, weights, targets } = options;
  const lists = targets?.map((target) => expandTargets(target, input.rows));
  const scored = scoredOutputs(model.outputs, options.output);
  const wanted = scored && [...new Set([...scored, ...outputs])];
  const ranges: RowRange[] = [];
  const results = await runRows(model, input, options, async (request, range) => {
    ranges.push(range);
    const other = reference && sliceFeeds(reference, range, model.inputs);
    const own = { outputs: wanted, rule, rectifiers, reference: other, wrt, weights: weights?.slice(range.start, range.end) };
    const result = await vjpOf(
      model,
      { ...request, ...own },
      lists?.map((list) => targetsIn(list.slice(range.start, range.end))),
    );
    if (result.referenceScores !== undefined) checkScores(result.referenceScores, result.output, range.start);
    const pause = pauses(options.signal);
    for (const part of each(result)) await checkFinite(part, range, pause);
    return result;
  });
  const first = results[0]!;
  const joined = (parts: readonly VjpResult[]): TargetGradients & Pick<VjpResult, "notes"> => ({
    target: parts.flatMap(({ target }) => target),
    scores: joinScores(parts).scores,
    gradients: joinGradients(
      parts.map(({ gradients }, i) => ({ rows: ranges[i]!, result: gradients })),
      model.inputs,
      weights !== undefined,
    ),
    notes: [...new Set([...parts.flatMap(({ notes = [] }) => notes), ...scoreNotes(model, parts)])],
  });
  const perTarget = lists?.map((_, k) => joined(results.map((result) => each(result)[k]!)));
  return {
    ...joined(results),
    ...joinReferenceScores(results),
    output: first.output,
    score: first.score,
    ...(perTarget === undefined ? {} : { perTarget }),
    outputs: joinOutputs(model, results, outputs),
    rectifiers: first.rectifiers,
  };
}

/** One result for each of several targets. */
function each(result: VjpResult): readonly VjpResult[] {
  return result.perTarget?.map((part) => ({ ...result, ...part })) ?? [result];
}

/** Several targets at once where the backend takes them, and one after the other where it does not. */
async function vjpOf(model: Model, request: VjpRequest, targets: readonly TargetOption[] | undefined): Promise<VjpResult> {
  if (targets === undefined) return model.vjp(request);
  const { target: _, ...rest } = request;
  if (model.capabilities.severalTargets === true) return model.vjp({ ...rest, targets });
  const results: VjpResult[] = [];
  for (const target of targets) {
    if (results.length > 0) await betweenRuns(request.signal);
    results.push(await model.vjp({ ...rest, target }));
  }
  return joinTargets(results);
}

async function checkFinite({ gradients, scores, output }: VjpResult, { start }: RowRange, pause: Pause): Promise<void> {
  checkScores(scores, output, start);
  for (const [name, gradient] of Object.entries(gradients)) {
    const index = await firstNonFiniteInPieces(gradient, pause);
    if (index < 0) continue;
    throw new XDeepError(
      "RESULT_NOT_FINITE",
      `The gradient with respect to "${name}" is ${gradient.data[index]} at element ${index}: an operator of the model has no finite derivative there (a root or a division at 0, an overflow in half precision). Move the input slightly, explain the logit instead of the probability, or use a float32 model.`,
      { details: { wrt: name, index } },
    );
  }
}
