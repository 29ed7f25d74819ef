import { concatRows, rowAxes } from "./row-axis.ts";
import { runEach } from "./between-runs.ts";
import { XDeepError } from "../errors/error.ts";
import type { ForwardResult, Model, ScoreRequest } from "../contract/model.ts";
import type { ResolvedInput } from "../requests/resolve-input.ts";
import { resolveTargets, scoreEntries } from "../requests/resolve-target.ts";
import { scoredOutputs } from "../requests/resolve-values.ts";
import { joinScores, runRows } from "./run-rows.ts";
import type { TargetOption } from "../contract/target.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { toFloat64 } from "../tensors/float-values.ts";

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
  return { ...scored, outputs: joinOutputs(model, results, Object.keys(results[0]!.outputs)) };
}

/**
 * The score of every row for each of several targets: from one run where the output is scored as it is, so that its values hold all of them, and from a run for
 * each where a target looks behind an activation or into the network.
 *
 * @throws {XDeepError} RESULT_NOT_FINITE when a score is NaN or infinite
 */
export async function scoreTargets(
  model: Model,
  input: ResolvedInput,
  targets: readonly (TargetOption | undefined)[],
  { outputs, ...options }: Omit<ScoreRowsOptions, "target">,
): Promise<readonly ForwardResult[]> {
  const scored = scoredAsIs(model, options);
  if (targets.length === 1 || scored === undefined)
    return runEach(targets, options.signal, (target) => scoreRows(model, input, { ...options, outputs, target }));
  const [target] = targets;
  const first = await scoreRows(model, input, { ...options, target, outputs: [...new Set([...(outputs ?? []), scored])] });
  const values = first.outputs[scored]!;
  const { dims } = values;
  const data = values.type === "float32" ? values.data : Float32Array.from(toFloat64(values));
  return targets.map((each, k) => {
    if (k === 0) return first;
    const resolved = resolveTargets({ name: scored, dims, data }, each);
    const scores = scoreEntries(data, resolved.entries);
    checkScores(scores, scored);
    return { ...first, target: resolved.targets, scores };
  });
}

/** The output that is scored, where its own values are the scores. */
function scoredAsIs({ outputs }: Model, { output, score = "logit" }: ScoreRequest): string | undefined {
  const [name] = scoredOutputs(outputs, output) ?? [];
  const found = outputs.find((info) => info.name === name);
  return found !== undefined && (score === "probability" || found.activation == null) ? name : undefined;
}

/** These outputs over the rows of all runs. */
export function joinOutputs(
  model: Pick<Model, "outputs">,
  results: readonly Pick<ForwardResult, "outputs">[],
  names: readonly string[],
): ForwardResult["outputs"] {
  const axisOf = rowAxes(model.outputs);
  const joined = (name: string): Tensor =>
    concatRows(
      results.map(({ outputs }) => outputs[name]!),
      axisOf(name) ?? 0,
    );
  return Object.fromEntries(names.map((name) => [name, joined(name)]));
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
