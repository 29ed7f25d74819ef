import type { Model } from "@xdeep/core";
import { type Evaluation, type Method, type RandomizedModels, compare, evaluate, joinEvaluations, randomizedModels } from "@xdeep/metrics";

import type { EvaluateFlags } from "../commands/evaluate-flags.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { resolveBaselines } from "../explain/baseline-flag.ts";
import { type NamedMethod, createExplainer, resolveMethods } from "../explain/methods/method.ts";
import { checkSettings, settingWarnings } from "../explain/methods/method-settings.ts";
import { isOfOneInput } from "../explain/of-one-input.ts";
import { type OpenedModel, openModel } from "../explain/open-model.ts";
import { type Report, createReport } from "../explain/report.ts";
import type { NamedInput } from "../explain/run.ts";
import { scoreInput } from "../explain/targets/score-input.ts";
import { scoreWarnings } from "../explain/warnings.ts";
import { findInputs } from "../inputs/find-inputs.ts";
import { readLabels } from "../inputs/labels.ts";
import { prepareInput } from "../inputs/prepare-input.ts";
import type { Io } from "../io.ts";
import { loadAnyModel } from "../models/load-any-model.ts";
import { describeEvaluation } from "../print/print-evaluation.ts";
import { startProgressBar } from "../print/text/progress-bar.ts";
import { fileStems } from "../write/file-stem.ts";
import { freeModelName, modelNames } from "../write/model-name.ts";
import { type EvaluatedInput, type EvaluationDocument, writeEvaluation } from "../write/write-evaluation.ts";
import { type NamedMetric, createMetrics, maskFolder, resolveMetrics } from "./metric.ts";
import { readMask } from "./read-mask.ts";

/** Everything that stays the same for all inputs. */
interface EvaluationRun extends OpenedModel {
  readonly flags: EvaluateFlags;
  readonly methods: readonly NamedMethod[];
  readonly metrics: readonly NamedMetric[];
  readonly masks: string | null;
  readonly randomized: RandomizedModels;
  readonly report: Report;
  readonly io: Io;
}

/**
 * `xdeep evaluate`: explains every input by every method, measures each explanation by every metric, and prints and writes the table. An input that fails is reported,
 * and the others go on; so do the methods beside one that cannot explain this model.
 *
 * @throws {XDeepError} as reading, loading and explaining do; {UsageError} for a method or a metric that does not exist
 */
export async function evaluateModel(path: string, args: readonly string[], flags: EvaluateFlags, io: Io): Promise<ExitCode> {
  const metrics = resolveMetrics(flags.metric);
  const masks = maskFolder(metrics);
  const methods = await resolveMethods(flags.method);
  const paths = await findInputs(args);
  const stems = fileStems(paths);
  const inputs = paths.map((each, n): NamedInput => ({ path: each, stem: stems[n]! }));
  const report = createReport(io, flags.json);
  // Measures draw by the seed, too.
  checkSettings(methods, flags, ["seed"]);
  report.warn(settingWarnings(methods, flags));
  const labels = flags.labels === undefined ? null : { path: flags.labels, labels: await readLabels(flags.labels) };
  const opened = await openModel(path, { flags, targets: flags.target === undefined ? [] : [flags.target], labels, inputs, report });
  const { model, record } = opened;
  const randomized = randomizedModels(async (weights) => (await loadAnyModel(path, { ...flags, weights })).model, { seed: flags.seed });
  try {
    const name = await freeModelName(flags.out, modelNames([path])[0]!, record);
    const run: EvaluationRun = { ...opened, flags, methods, metrics, masks, randomized, report, io };
    const parts = await evaluateInputs(inputs, run);
    if (parts.length === 0) return finish(null, run, inputs.length);
    const evaluation = joinEvaluations(parts.map((part) => part.evaluation));
    const comparison = compare(evaluation, { seed: flags.seed });
    const document = { model: record, inputs: parts.map(({ input }) => input), evaluation, comparison };
    const written = await writeEvaluation(document, { folder: flags.out, name, told: report.told });
    report.say(describeEvaluation(written, flags.out));
    return finish(written, run, inputs.length);
  } finally {
    await randomized.dispose();
    await model.dispose();
  }
}

interface EvaluatedPart {
  readonly input: EvaluatedInput;
  readonly evaluation: Evaluation;
}

async function evaluateInputs(inputs: readonly NamedInput[], run: EvaluationRun): Promise<readonly EvaluatedPart[]> {
  const { record, report, io } = run;
  const parts: EvaluatedPart[] = [];
  for (const [n, input] of inputs.entries()) {
    try {
      parts.push(await evaluateInput(input, inputs.length === 1 ? "" : `[${n + 1}/${inputs.length}] `, run));
    } catch (error) {
      if (io.signal?.aborted || !isOfOneInput(error)) throw error;
      report.failed({ model: record.path, input: input.path, error });
    }
  }
  return parts;
}

async function evaluateInput({ path, text, stem }: NamedInput, count: string, run: EvaluationRun): Promise<EvaluatedPart> {
  const { model, flags, labels, methods, metrics, randomized, masks, report, io } = run;
  const { wish } = run.asked[0]!;
  const control = { maxPixels: flags.maxPixels, signal: io.signal };
  const input = await prepareInput(model, { path, text }, run.plan, run.further, flags.layout, control);
  const mask = masks === null ? undefined : await readMask(masks, input, control);
  const scored = await scoreInput(model, input, wish, { output: flags.output, labels: labels?.labels ?? null, count: 1, signal: io.signal });
  report.warn(scoreWarnings(scored, wish, labels));
  const baseline = await resolveBaselines(flags.baseline, input, control);
  const factories = methods.map((method): readonly [string, Method] => [
    method.name,
    (of: Model) => createExplainer(of, method, { ...flags, baseline: baseline ?? input.text?.baseline }),
  ]);
  const bar = startProgressBar(io.terminal ?? io.stderr, `${count}${stem}`);
  const evaluation = await evaluate(
    Object.fromEntries(factories),
    [{ input: input.feeds, target: scored.targets, mask }],
    createMetrics(metrics, { model, output: scored.output, plan: run.plan, score: flags.score, seed: flags.seed, baseline, randomized }),
    {
      model,
      output: scored.output,
      score: flags.score,
      wrt: flags.wrt ?? input.text?.wrt,
      signal: io.signal,
      onProgress: bar.update,
    },
  ).finally(bar.stop);
  return { input: { ...input.file, path, names: scored.names }, evaluation };
}

function finish(document: EvaluationDocument | null, { flags, report, io }: EvaluationRun, count: number): ExitCode {
  const { failures, warnings } = report.told;
  if (flags.json) io.stdout.write(`${JSON.stringify(document ?? { failures, warnings }, null, 2)}\n`);
  else if (failures.length > 0 && count > 1) io.stdout.write(`\n${count - failures.length} of ${count} inputs evaluated\n`);
  return failures.length === 0 && document?.evaluation.refused === undefined ? EXIT.ok : EXIT.failure;
}
