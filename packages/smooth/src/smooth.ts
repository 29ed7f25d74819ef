import {
  assembleRows,
  batchSize,
  betweenRuns,
  checkExplainOptions,
  checkExplainer,
  createAttribution,
  innerOrigin,
  mirrorInput,
  resolveInput,
  scoreInput,
  sharedInputs,
  splitRows,
} from "@xdeep/core/method";
import type { Attribution, ExplainOptions, Explainer, Input, MethodDescription, Provenance, ScoreResult } from "@xdeep/core";
import type { ResolvedInput, RowValues } from "@xdeep/core/method";

import { createAccumulator, needsEveryDraw } from "./accumulator.ts";
import { createDraws } from "./draws.ts";
import { noisyInput, noisyNames, noisyRow } from "./noisy-rows.ts";
import { describeSettings, resolveSettings } from "./settings.ts";
import type { SmoothOptions, SmoothSettings } from "./settings.ts";
import { VERSION } from "./version.ts";

/**
 * SmoothGrad over any explainer: the mean of n attributions at x + noise, the target fixed at x. Noise is added to the float inputs that are
 * attributed to; integers never get any, and where there are no others, the inner values of `wrt` do. Row n of a batch gets the noise that it would get alone.
 *
 * @throws {XDeepError} OPTION_INVALID, NOISE_INVALID, CONTRACT_VERSION; from `explain` also the codes of the explainer inside
 * @see D. Smilkov, N. Thorat, B. Kim, F. Viégas, M. Wattenberg (2017), SmoothGrad: removing noise by adding noise, arXiv:1706.03825
 */
export function smooth(explainer: Explainer, options: SmoothOptions = {}): Explainer {
  checkExplainer(explainer);
  const settings = resolveSettings(options);
  const method: MethodDescription = { name: "smooth", parameters: describeSettings(settings), of: explainer.method };
  return { model: explainer.model, method, explain: (input, call) => explainNoisy(explainer, settings, method, input, call ?? {}) };
}

async function explainNoisy<T extends Input>(
  explainer: Explainer,
  settings: SmoothSettings,
  method: MethodDescription,
  input: Input,
  options: ExplainOptions,
): Promise<Attribution<T>> {
  options.signal?.throwIfAborted();
  const { model } = explainer;
  const given = resolveInput(model, input);
  checkExplainOptions(options, given.rows);
  const resolved = await noisyInput(model, given, options);
  const names = noisyNames(model, resolved.feeds, options);
  const rows = Array.from({ length: resolved.rows }, (_, row) => noisyRow(resolved, names, settings.noise, row, sharedInputs(model.inputs)));
  const samples = Object.fromEntries(names.map((name) => [name, resolved.feeds[name]!.dims.slice(1)]));
  const draws = createDraws(model, settings.noise, samples, options.origin?.depth ?? 0);
  const scored = await scoreInput(model, resolved, options);
  const { values, provenance } = await aggregateDraws({ explainer, settings, resolved, scored, options }, (count) => {
    const drawn = draws.next(count);
    return (row) => rows[row]!.at(drawn, count);
  });
  return createAttribution({
    values: mirrorInput(model, input, assembleRows(values, options.weights), options),
    target: scored.target,
    scores: scored.scores,
    output: scored.output,
    provenance: { ...provenance, method, versions: { ...provenance.versions, "@xdeep/smooth": VERSION } },
  });
}

interface Run {
  readonly explainer: Explainer;
  readonly settings: SmoothSettings;
  readonly resolved: ResolvedInput;
  readonly scored: ScoreResult;
  readonly options: ExplainOptions;
}

/** Draws noise chunk by chunk, once for all rows, and explains each row with it. */
async function aggregateDraws(
  { explainer, settings, resolved, scored, options }: Run,
  draw: (count: number) => (row: number) => ResolvedInput["feeds"],
): Promise<{ readonly values: readonly RowValues[]; readonly provenance: Provenance }> {
  const { output, score, wrt, signal, onProgress } = options;
  const accumulators = Array.from({ length: resolved.rows }, () => createAccumulator(settings.aggregate));
  const chunks = splitRows(settings.n, batchSize(explainer.model.capabilities));
  const total = chunks.length * resolved.rows;
  let done = 0;
  let provenance: Provenance | undefined;
  for (const { start, end } of chunks) {
    const feedsOf = draw(end - start);
    const weights = needsEveryDraw(settings.aggregate) ? undefined : new Float32Array(end - start).fill(1);
    for (const [row, accumulator] of accumulators.entries()) {
      await betweenRuns(signal);
      const origin = innerOrigin(options, row, resolved.rows, end - start);
      const part = await explainer.explain(feedsOf(row), { target: scored.target[row]!, output, score, wrt, weights, origin, signal });
      accumulator.add(part.values);
      provenance = part.provenance;
      onProgress?.({ done: ++done, total });
    }
  }
  return { values: accumulators.map((accumulator) => accumulator.finish(settings.n)), provenance: provenance! };
}
