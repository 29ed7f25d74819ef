import { type Attribution, type Explainer, type FloatTensor, type Model, type Progress, type Tensor, explainTargets, sizeOf } from "@xdeep/core";
import { rowAxes, rowsInFront } from "@xdeep/core/method";
import { channelAxis, takeMaximum } from "@xdeep/guided";
import type { Metric } from "@xdeep/metrics";

import type { ExplainFlags } from "../commands/explain-flags.ts";
import { measureExplanation } from "../evaluate/measure-explanation.ts";
import type { Convergence, ExplainedLayer, ExplainedRow, Explanation, InputRecord, ModelRecord } from "./explanation.ts";
import type { NamedMethod } from "./methods/method.ts";
import type { PreparedInput } from "../inputs/prepare-input.ts";
import type { ScoredInput } from "./targets/score-input.ts";
import { VERSION } from "../version.ts";

/** A target that was asked for, and what the model says of it. */
export interface ScoredTarget {
  /** What `--target` said; null where it was not given. */
  readonly text: string | null;
  readonly scored: ScoredInput;
}

/** One method on one input. */
export interface ExplainWithOptions {
  readonly explainer: Explainer;
  readonly method: NamedMethod;
  readonly input: PreparedInput;
  /** Of one output. */
  readonly targets: readonly ScoredTarget[];
  readonly model: ModelRecord;
  readonly flags: Omit<ExplainFlags, "target">;
  /** What each explanation is measured by. */
  readonly metrics?: Readonly<Record<string, Metric>> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

type Attributed = Attribution<Readonly<Record<string, Tensor>>>;

/** Explains the targets that were fixed for the input, one explanation each, and records what was done. */
export async function explainWith(options: ExplainWithOptions): Promise<readonly Explanation[]> {
  const { explainer, input, targets, flags, signal, onProgress } = options;
  const { output } = targets[0]!.scored;
  const call = { output, score: flags.score, wrt: flags.wrt ?? input.text?.wrt, signal, onProgress };
  const attributions = await explainTargets(
    explainer,
    input.feeds,
    targets.map(({ scored }) => scored.targets),
    call,
  );
  const explanations: Explanation[] = [];
  for (const [n, target] of targets.entries()) explanations.push(await explanationOf(attributions[n]! as Attributed, target, options));
  return explanations;
}

async function explanationOf(attribution: Attributed, { text, scored }: ScoredTarget, options: ExplainWithOptions): Promise<Explanation> {
  const { explainer, method, input, model, flags, metrics = {}, signal, onProgress } = options;
  const { provenance } = attribution;
  const layer = await layerOf(attribution, explainer.model);
  const subject = { model: explainer.model, input: input.feeds, attribution };
  const measures = await measureExplanation(subject, metrics, { signal, onProgress });
  const axisOf = rowAxes(explainer.model.inputs);
  const values = Object.fromEntries(Object.entries(attribution.values).map(([name, tensor]) => [name, rowsInFront(tensor, axisOf(name))]));
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
      asked: text,
      highestOf: scored.highestOf,
      entries: scored.kind,
      score: provenance.score,
      takeMax,
      rows: attribution.target.map((_, row) => explainedRow(attribution, scored, row)),
      ...(Object.keys(measures).length === 0 ? {} : { measures }),
      notes: [...(provenance.notes ?? []), ...leftOutNotes(input)],
      versions: { ...provenance.versions, "@xdeep/cli": VERSION },
    },
    values: takeMax ? maxima(values, input) : values,
  };
}

async function layerOf({ layer, output }: Attributed, model: Model): Promise<ExplainedLayer | null> {
  if (layer === undefined) return null;
  const known = (await model.layers?.({ output }))?.find(({ name }) => name === layer);
  return { name: layer, channelAxis: known?.channelAxis ?? null };
}

function leftOutNotes({ text }: PreparedInput): readonly string[] {
  if (text === null || text.leftOut === 0) return [];
  return [`The model takes ${text.tokens.length} tokens: ${text.leftOut} at the end of the text were left out.`];
}

function inputRecord({ file, info, feeds, plan, text }: PreparedInput, flags: Pick<ExplainFlags, "input">): InputRecord {
  return {
    ...file,
    input: info.name,
    dims: feeds[info.name]!.dims,
    picture: plan === null ? null : { preset: plan.preset, guessed: plan.guess?.values ?? [], preprocessing: plan.preprocessing },
    text:
      text === null
        ? null
        : {
            tokenizer: text.tokenizer.file,
            tokens: text.tokens.map((token) => token.text),
            words: text.words,
            pair: text.tokenizer.encoding.pair ?? null,
            leftOut: text.leftOut,
          },
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
