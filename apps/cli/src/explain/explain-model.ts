import type { Progress } from "@xdeep/core";
import { isOfOneMethod } from "@xdeep/core/method";

import { createMetrics } from "../evaluate/metric.ts";
import { prepareInput } from "../inputs/prepare-input.ts";
import { describeExplanation, describeScores } from "../print/print-explanation.ts";
import { startProgressBar } from "../print/text/progress-bar.ts";
import { createSheets } from "../write/draw-sheet.ts";
import { safeName, uniqueNames } from "../write/file-stem.ts";
import { freeModelName } from "../write/model-name.ts";
import { writeExplanation } from "../write/write-explanation.ts";
import { resolveBaselines } from "./baseline-flag.ts";
import { explainWith } from "./explain-with.ts";
import type { Explanation, ExplanationRecord } from "./explanation.ts";
import { type NamedMethod, createExplainer } from "./methods/method.ts";
import { shareFirstRun } from "./methods/first-run.ts";
import { isOfOneInput } from "./of-one-input.ts";
import { type OpenedModel, openModel } from "./open-model.ts";
import type { NamedInput, Run } from "./run.ts";
import { nameOfMap } from "../print/name-of-map.ts";
import { nameOfWish, shownTarget } from "./targets/target-flag.ts";
import { scoreTargets } from "./targets/score-input.ts";
import { explanationWarnings, scoreWarnings } from "./warnings.ts";

/** Everything that stays the same for all inputs of a model. */
interface ModelRun extends Omit<Run, "labels">, OpenedModel {
  /** In the names of files. */
  readonly name: string;
  /** Methods that cannot explain this model, whatever the input: they are not tried again. */
  readonly refused: Set<string>;
}

/**
 * Explains every input by one model. An input that fails is reported, and the others go on; so do the methods beside one that cannot explain it.
 *
 * @param name a name for the model's files, unless those of another model have it
 * @throws {XDeepError} as reading, loading and explaining do
 */
export async function explainModel(path: string, name: string, run: Run): Promise<void> {
  const opened = await openModel(path, run);
  try {
    await explainInputs({ ...run, ...opened, name: await freeModelName(run.flags.out, name, opened.record), refused: new Set() });
  } finally {
    await opened.model.dispose();
  }
}

async function explainInputs(run: ModelRun): Promise<void> {
  const { inputs, flags, methods, asked, labels, name, record, report, io } = run;
  const shown = asked.map(({ text, wish }) => shownTarget(text ?? "", nameOfWish(wish, labels?.labels ?? null)));
  const columns = methods.flatMap((method) => (shown.length > 1 ? shown.map((target) => nameOfMap(method.name, target)) : [method.name]));
  const note = shown.length > 1 ? SCALES : undefined;
  const sheets = await createSheets({ folder: flags.out, name, title: record.file, note, columns, drawing: flags });
  for (const [n, input] of inputs.entries()) {
    try {
      const { prepared, explanations } = await explainInput(input, inputs.length === 1 ? "" : `[${n + 1}/${inputs.length}] `, run);
      if (flags.render.includes("sheet")) for (const sheet of await sheets.add(prepared, explanations)) report.wrote(sheet);
    } catch (error) {
      if (io.signal?.aborted || !isOfOneInput(error)) throw error;
      report.failed({ model: record.path, input: input.path, error });
    }
  }
  for (const sheet of await sheets.finish()) report.wrote(sheet);
}

interface ExplainedInput {
  readonly prepared: Awaited<ReturnType<typeof prepareInput>>;
  /** Method by method, target by target; null where a method was refused. */
  readonly explanations: readonly (Explanation | null)[];
}

async function explainInput({ path, text, stem }: NamedInput, count: string, run: ModelRun): Promise<ExplainedInput> {
  const { model, record, flags, labels, features, methods, asked, report, io } = run;
  const control = { maxPixels: flags.maxPixels, signal: io.signal };
  const input = await prepareInput(model, { path, text }, run.plan, run.further, flags.layout, control);
  const wishes = asked.map(({ wish }) => wish);
  const { scoring, explaining } = shareFirstRun(model, methods, flags);
  const scored = await scoreTargets(scoring, input, wishes, { output: flags.output, labels: labels?.labels ?? null, count: flags.top, signal: io.signal });
  report.say(`\n${count}${describeScores(input, scored[0]!)}`);
  for (const [n, each] of scored.entries()) report.warn(scoreWarnings(each, wishes[n]!, labels));
  const targets = asked.map(({ text }, n) => ({ text, scored: scored[n]! }));
  const parts = partsOf(run.targets);
  const baseline = await resolveBaselines(flags.baseline, input, control);
  const metrics = createMetrics(run.metrics, { model, output: scored[0]!.output, plan: run.plan, score: flags.score, seed: flags.seed, baseline });
  const explanations: (Explanation | null)[] = [];
  const records: ExplanationRecord[] = [];
  const refusals: { readonly method: string; readonly error: unknown }[] = [];
  for (const method of methods) {
    const bar = startProgressBar(io.terminal ?? io.stderr, `${count}${stem} ${method.name}`);
    const found = run.refused.has(method.name) ? null : await explainByMethod(method, bar.update).catch(refusedBeside(method)).finally(bar.stop);
    if (found === null) explanations.push(...targets.map(() => null));
    for (const [n, explanation] of (found ?? []).entries()) {
      const written = await writeExplanation(explanation, input, { folder: flags.out, stem: `${stem}.${run.name}`, part: parts[n], flags });
      report.say(describeExplanation(written, explanation.values, { folder: flags.out, features, input }));
      const about = `${run.inputs.length === 1 ? "" : `${path}: `}${parts[n] === undefined ? "" : `${run.targets[n]!}: `}`;
      report.warn(explanationWarnings(written, model.capabilities.rectifiers).map((warning) => `${about}${warning}`));
      explanations.push(explanation);
      records.push(written);
    }
  }
  const ending = records.length > 0 ? undefined : (refusals.find(({ error }) => isOfOneInput(error)) ?? refusals[0]!);
  for (const refusal of refusals) {
    if (refusal !== ending) report.failed({ model: record.path, input: isOfOneInput(refusal.error) ? path : null, ...refusal });
  }
  if (ending !== undefined) throw ending.error;
  report.explained(records);
  await run.page?.add(
    input,
    explanations.filter((explanation) => explanation !== null),
    records,
    features,
  );
  return { prepared: input, explanations };

  async function explainByMethod(method: NamedMethod, onProgress: (progress: Progress) => void): Promise<readonly Explanation[]> {
    const explainer = createExplainer(explaining, method, { ...flags, baseline: baseline ?? input.text?.baseline });
    return explainWith({ explainer, method, input, targets, model: record, flags, metrics, signal: io.signal, onProgress });
  }

  function refusedBeside({ name }: NamedMethod): (error: unknown) => null {
    return (error) => {
      if (io.signal?.aborted === true || !isOfOneMethod(error)) throw error;
      refusals.push({ method: name, error });
      if (!isOfOneInput(error)) run.refused.add(name);
      return null;
    };
  }
}

/** Of sheets that compare targets: who sees two colours takes them for two amounts. */
const SCALES = "Each map has a scale of its own: colours say where, not how much.";

/** Where several targets are compared: the part of file names that tells them apart. */
function partsOf(targets: readonly string[]): readonly string[] {
  return targets.length > 1 ? uniqueNames(targets.map(safeName)) : [];
}
