import type { Model, Tensor } from "@xdeep/core";

import type { ExplainFlags, PreprocessingFlags } from "../commands/explain-flags.ts";
import { findCompanionFiles } from "../inputs/companion-files.ts";
import type { NamedLabels } from "../inputs/labels.ts";
import { type InputPlan, planInputs, readFurtherInputs } from "../inputs/prepare-input.ts";
import { loadAnyModel } from "../models/load-any-model.ts";
import type { LoadFlags } from "../models/model-loader.ts";
import { describeModel, labelsHint, presetHint, tokenizerHint } from "../print/print-model.ts";
import type { ModelRecord } from "./explanation.ts";
import type { Report } from "./report.ts";
import type { NamedInput } from "./run.ts";
import { type AskedTarget, parseTargets } from "./targets/target-flag.ts";

/** A loaded model, and how the inputs of a run go to it. */
export interface OpenedModel {
  readonly model: Model;
  readonly record: ModelRecord;
  /** Those of `--labels`, or what lies beside the model. */
  readonly labels: NamedLabels | null;
  /** One or more. */
  readonly asked: readonly AskedTarget[];
  readonly plan: InputPlan;
  readonly further: Readonly<Record<string, Tensor>>;
}

export interface OpenOptions {
  readonly flags: PreprocessingFlags & LoadFlags & Pick<ExplainFlags, "input" | "tokenizer" | "textPair" | "truncate">;
  /** As `--target` gave them. */
  readonly targets: readonly string[];
  readonly labels: NamedLabels | null;
  readonly inputs: readonly NamedInput[];
  readonly report: Pick<Report, "say" | "warn">;
}

/**
 * Loads a model and says what it is, and how pictures are fed to it.
 *
 * @throws {XDeepError} as reading and loading do; the model is freed then
 */
export async function openModel(path: string, { flags, targets, labels: given, inputs, report }: OpenOptions): Promise<OpenedModel> {
  const companions = await findCompanionFiles(path);
  const labels = given ?? companions.labels;
  const asked = parseTargets(targets, labels?.labels ?? null);
  const { model, file, weightFiles } = await loadAnyModel(path, flags);
  try {
    const record: ModelRecord = { ...file, path, weightFiles, backend: model.backend, engine: model.engine };
    report.say(describeModel(model, file));
    if (given === null && labels !== null) report.say(labelsHint(labels));
    const tokenizer = flags.tokenizer ?? companions.tokenizer;
    const plan = await planInputs(model, inputs, Object.keys(flags.input ?? {}), flags, {
      ...companions,
      tokenizer,
      encoding: { pair: flags.textPair, truncate: flags.truncate },
    });
    if (plan.texts !== undefined) report.say(tokenizerHint(plan.texts));
    if (plan.pictures !== undefined) report.say(presetHint(plan.pictures.plan));
    if (plan.pictures?.plan.guess != null) report.warn(companions.problems);
    return { model, record, labels, asked, plan, further: await readFurtherInputs(model, flags.input ?? {}) };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}
