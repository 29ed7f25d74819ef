import { concatRows, notBatched, sharedInputs, sliceFeeds } from "./batches.ts";
import type { RowRange } from "./batches.ts";
import { XDeepError } from "./error.ts";
import type { ExplainOptions } from "./explainer.ts";
import type { Model, VjpRequest, VjpResult } from "./model.ts";
import type { ResolvedInput } from "./resolve-input.ts";
import { scoredOutputs } from "./resolve-values.ts";
import { sumTensors } from "./row-sum.ts";
import { joinScores, runRows } from "./run-rows.ts";
import { saturationNotes } from "./saturation-notes.ts";
import { checkScores, joinOutputs } from "./score-rows.ts";
import type { FloatTensor } from "./tensor.ts";
import { firstNonFinite } from "./validate-feeds.ts";

export interface VjpRowsOptions extends Omit<ExplainOptions, "origin">, Pick<VjpRequest, "reference" | "rectifiers" | "rule"> {
  /** Outputs or inner values to return beside the gradients. Default: none. */
  readonly outputs?: readonly string[] | undefined;
}

/**
 * The gradient of the score for every row, or its weighted sum, in runs as large as the backend wants them: the loop under every method that asks
 * for gradients once. Notes tell of saturated scores besides what the backend says.
 *
 * @throws {XDeepError} the codes of `vjp`; RESULT_NOT_FINITE when a score or a gradient is NaN or infinite; BATCH_INVALID where rows of several
 *   runs cannot be joined
 */
export async function vjpRows(model: Model, input: ResolvedInput, options: VjpRowsOptions): Promise<VjpResult> {
  const { outputs = [], rule, rectifiers, reference, wrt, weights } = options;
  const shared = sharedInputs(model.inputs);
  const scored = scoredOutputs(model.outputs, options.output);
  const wanted = scored && [...new Set([...scored, ...outputs])];
  const results = await runRows(model, input, options, async (request, range) => {
    const own = weights?.slice(range.start, range.end);
    const other = reference && sliceFeeds(reference, range, shared);
    const result = await model.vjp({ ...request, outputs: wanted, rule, rectifiers, reference: other, wrt, weights: own });
    checkFinite(result, range);
    if (range.end - range.start < input.rows && weights === undefined) checkBatchAxis(result, range);
    return result;
  });
  const merge = weights === undefined ? concatRows<FloatTensor> : sumTensors;
  const first = results[0]!;
  return {
    ...joinScores(results),
    outputs: joinOutputs(results, outputs),
    gradients: Object.fromEntries(Object.keys(first.gradients).map((name) => [name, merge(results.map(({ gradients }) => gradients[name]!))])),
    rectifiers: first.rectifiers,
    notes: [...new Set([...results.flatMap(({ notes = [] }) => notes), ...saturationNotes(model, results)])],
  };
}

/** Parts of a batch are joined along the leading axis of each gradient. */
function checkBatchAxis({ gradients }: VjpResult, { start, end }: RowRange): void {
  for (const [name, { dims }] of Object.entries(gradients)) if (dims[0] !== end - start) throw notBatched(name, dims);
}

function checkFinite({ gradients, scores, output }: VjpResult, { start }: RowRange): void {
  checkScores(scores, output, start);
  for (const [name, gradient] of Object.entries(gradients)) {
    const index = firstNonFinite(gradient);
    if (index < 0) continue;
    throw new XDeepError(
      "RESULT_NOT_FINITE",
      `The gradient with respect to "${name}" is ${gradient.data[index]} at element ${index}: an operator of the model has no finite derivative there (a root or a division at 0, an overflow in half precision). Move the input slightly, explain the logit instead of the probability, or use a float32 model.`,
      { details: { wrt: name, index } },
    );
  }
}
