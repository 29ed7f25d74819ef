import {
  assembleRows,
  batchSize,
  betweenRuns,
  checkExplainOptions,
  checkExplainer,
  createAttribution,
  explainerOfTargets,
  innerOrigin,
  mirrorInput,
  movedByDefault,
  movedFeeds,
  pauses,
  resolveInput,
  runEach,
  scoreInput,
  splitRows,
} from "@xdeep/core/method";
import { explainTargets } from "@xdeep/core";
import type { Attribution, Explainer, Input, MethodDescription, ScoreResult, TargetOption, TargetsOptions } from "@xdeep/core";
import type { Pause, ResolvedInput, RowValues } from "@xdeep/core/method";

import { createAccumulator, needsEveryDraw } from "./accumulator.ts";
import { createDraws } from "./draws.ts";
import { type NoisyRow, noisyInput, noisyNames, noisyRow } from "./noisy-rows.ts";
import { describeSettings, resolveSettings } from "./settings.ts";
import type { SmoothOptions, SmoothSettings } from "./settings.ts";
import { VERSION } from "./version.ts";

/**
 * SmoothGrad over any explainer: the mean of n attributions at x + noise, the target fixed at x. Noise is added to the float inputs that are
 * attributed to; integers never get any, and where there are no others, the inner values of `wrt` do. Row n of a batch gets the noise that it would get alone,
 * and several targets (`explainTargets`) share it.
 *
 * @throws {XDeepError} OPTION_INVALID, NOISE_INVALID, CONTRACT_VERSION; from `explain` also the codes of the explainer inside
 * @see D. Smilkov, N. Thorat, B. Kim, F. Viégas, M. Wattenberg (2017), SmoothGrad: removing noise by adding noise, arXiv:1706.03825
 */
export function smooth(explainer: Explainer, options: SmoothOptions = {}): Explainer {
  checkExplainer(explainer);
  const settings = resolveSettings(options);
  const method: MethodDescription = { name: "smooth", parameters: describeSettings(settings), of: explainer.method };
  return explainerOfTargets(explainer.model, method, (input, targets, call) => explainNoisy(explainer, settings, method, input, targets, call));
}

async function explainNoisy<T extends Input>(
  explainer: Explainer,
  settings: SmoothSettings,
  method: MethodDescription,
  input: Input,
  targets: readonly (TargetOption | undefined)[],
  asked: TargetsOptions,
): Promise<readonly Attribution<T>[]> {
  asked.signal?.throwIfAborted();
  const { model } = explainer;
  const options = { ...asked, wrt: asked.wrt ?? movedByDefault(model) };
  const given = await resolveInput(model, input, asked.signal);
  checkExplainOptions(options, given.rows);
  const resolved = await noisyInput(model, given, options);
  const names = noisyNames(model, resolved.feeds, options);
  const way = { inputs: model.inputs, moved: movedFeeds(resolved.feeds, names, model.inputs), pause: pauses(options.signal) };
  const rows: NoisyRow[] = [];
  for (let row = 0; row < resolved.rows; row++) rows.push(await noisyRow(resolved, names, settings.noise, row, way));
  const samples = Object.fromEntries(names.map((name) => [name, resolved.feeds[name]!.dims.slice(1)]));
  const draws = createDraws(model, settings.noise, samples, options.origin?.depth ?? 0);
  const scored = await scoreInput(model, resolved, targets, options);
  const aggregates = await aggregateDraws({ explainer, settings, resolved, scored, options }, async (count, pause) => {
    const drawn = await draws.nextInPieces(count, pause);
    return (row) => rows[row]!.at(drawn, count);
  });
  return runEach(aggregates, options.signal, async ({ values, inside: { layer, provenance } }, k) => {
    const { target, scores, output } = scored[k]!;
    return createAttribution<T>({
      values: mirrorInput(model, input, await assembleRows(values, options.weights), options),
      target,
      scores,
      output,
      ...(layer === undefined ? {} : { layer }),
      provenance: { ...provenance, method, versions: { ...provenance.versions, "@xdeep/smooth": VERSION } },
    });
  });
}

interface Run {
  readonly explainer: Explainer;
  readonly settings: SmoothSettings;
  readonly resolved: ResolvedInput;
  /** One for each target. */
  readonly scored: readonly ScoreResult[];
  readonly options: TargetsOptions;
}

/** What became of the draws of one target. */
interface Aggregated {
  readonly values: readonly RowValues[];
  /** What the explainer inside says of itself. */
  readonly inside: Pick<Attribution, "layer" | "provenance">;
}

/** Draws noise chunk by chunk, once for all rows and targets, and explains each row with it. */
async function aggregateDraws(
  { explainer, settings, resolved, scored, options }: Run,
  draw: (count: number, pause: Pause) => Promise<(row: number) => Promise<ResolvedInput["feeds"]>>,
): Promise<readonly Aggregated[]> {
  const { output, score, wrt, signal, onProgress } = options;
  const rows = Array.from({ length: resolved.rows }, () => scored.map(() => createAccumulator(settings.aggregate)));
  const chunks = splitRows(settings.n, batchSize(explainer.model.capabilities));
  const total = chunks.length * resolved.rows;
  const pause = pauses(signal);
  let done = 0;
  let inside: Aggregated["inside"][] = [];
  for (const { start, end } of chunks) {
    const feedsOf = await draw(end - start, pause);
    const weights = needsEveryDraw(settings.aggregate) ? undefined : new Float32Array(end - start).fill(1);
    for (const [row, accumulators] of rows.entries()) {
      await betweenRuns(signal);
      const origin = innerOrigin(options, row, resolved.rows, end - start);
      const targets = scored.map(({ target }) => target[row]!);
      const feeds = await feedsOf(row);
      const parts = await explainTargets(explainer, feeds, targets, { output, score, wrt, weights, origin, signal });
      for (const [k, part] of parts.entries()) await accumulators[k]!.add(part.values, pause);
      inside = parts.map(({ layer, provenance }) => ({ ...(layer === undefined ? {} : { layer }), provenance }));
      onProgress?.({ done: ++done, total });
    }
  }
  return runEach(inside, signal, async (each, k) => {
    const values: RowValues[] = [];
    for (const accumulators of rows) values.push(await accumulators[k]!.finish(settings.n, pause));
    return { values, inside: each };
  });
}
