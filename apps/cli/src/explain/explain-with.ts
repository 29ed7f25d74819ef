import { type Attribution, type Explainer, type FloatTensor, type Model, type Progress, type Tensor, sizeOf } from "@xdeep/core";
import { channelAxis, takeMaximum } from "@xdeep/guided";

import type { ExplainFlags } from "../commands/explain-flags.ts";
import type { Convergence, ExplainedLayer, ExplainedRow, Explanation, InputRecord, ModelRecord } from "./explanation.ts";
import type { NamedMethod } from "./method.ts";
import type { PreparedInput } from "../inputs/prepare-input.ts";
import type { ScoredInput } from "./score-input.ts";
import { VERSION } from "../version.ts";

/** One method on one input. */
export interface ExplainWithOptions {
  readonly explainer: Explainer;
  readonly method: NamedMethod;
  readonly input: PreparedInput;
  readonly scored: ScoredInput;
  readonly model: ModelRecord;
  readonly flags: ExplainFlags;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

type Attributed = Attribution<Readonly<Record<string, Tensor>>>;

/** Explains the targets that were fixed for the input, and records what was done. */
export async function explainWith(options: ExplainWithOptions): Promise<Explanation> {
  const { explainer, method, input, scored, model, flags, signal, onProgress } = options;
  const attribution = await explainer.explain(input.feeds, {
    target: scored.targets,
    output: scored.output,
    score: flags.score,
    wrt: flags.wrt,
    signal,
    onProgress,
  });
  const { provenance } = attribution;
  const layer = await layerOf(attribution, explainer.model);
  const takeMax = flags.takeMax && (layer === null || attribution.values[layer.name] === undefined);
  return {
    record: {
      model,
      input: inputRecord(input, flags),
      name: method.name,
      method: provenance.method,
      layer,
      baseline: flags.baseline ?? null,
      rule: provenance.rule,
      rectifiers: provenance.rectifiers,
      output: attribution.output,
      asked: flags.target ?? null,
      highestOf: scored.highestOf,
      entries: scored.kind,
      score: provenance.score,
      takeMax,
      rows: attribution.target.map((_, row) => explainedRow(attribution, scored, row)),
      notes: provenance.notes ?? [],
      versions: { ...provenance.versions, "@xdeep/cli": VERSION },
    },
    values: takeMax ? maxima(attribution.values, input) : attribution.values,
  };
}

async function layerOf({ layer, output }: Attributed, model: Model): Promise<ExplainedLayer | null> {
  if (layer === undefined) return null;
  const known = (await model.layers?.({ output }))?.find(({ name }) => name === layer);
  return { name: layer, channelAxis: known?.channelAxis ?? null };
}

function inputRecord({ file, info, feeds, plan }: PreparedInput, flags: ExplainFlags): InputRecord {
  return {
    ...file,
    input: info.name,
    dims: feeds[info.name]!.dims,
    picture: plan === null ? null : { preset: plan.preset, guessed: plan.guess?.values ?? [], preprocessing: plan.preprocessing },
    further: flags.input ?? {},
  };
}

function explainedRow(attribution: Attributed, scored: ScoredInput, row: number): ExplainedRow {
  const target = attribution.target[row]!;
  const delta = attribution.convergenceDelta?.[row];
  return {
    target,
    name: scored.names[row]!,
    score: attribution.scores[row]!,
    top: scored.top[row]!,
    ...(delta === undefined ? {} : { convergence: convergence(delta, sumOfRow(attribution.values, row)) }),
  };
}

function convergence(delta: number, sum: number): Convergence {
  const difference = sum - delta;
  return { delta, difference, share: difference === 0 ? null : Math.abs(delta / difference) };
}

/** Σ A over everything that was attributed to. */
function sumOfRow(values: Readonly<Record<string, FloatTensor>>, row: number): number {
  let sum = 0;
  for (const { dims, data } of Object.values(values)) {
    const size = sizeOf(dims.slice(1));
    for (const value of data.subarray(row * size, (row + 1) * size)) sum += value;
  }
  return sum;
}

function maxima(values: Readonly<Record<string, FloatTensor>>, { layout }: PreparedInput): Readonly<Record<string, FloatTensor>> {
  return Object.fromEntries(Object.entries(values).map(([name, tensor]) => [name, takeMaximum(tensor, channelAxis(tensor, layout, name))]));
}
