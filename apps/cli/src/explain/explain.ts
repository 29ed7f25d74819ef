import { join } from "node:path";

import { type Tensor, type TargetOption } from "@xdeep/core";
import { writePng } from "@xdeep/image";

import { resolveBaselines } from "./baseline-flag.ts";
import { type SheetRow, drawSheet, sheetRow } from "../write/draw-sheet.ts";
import type { ExplainFlags } from "../commands/explain-flags.ts";
import { explainWith } from "./explain-with.ts";
import type { Explanation, ExplanationRecord, ModelRecord } from "./explanation.ts";
import { fileStems } from "../write/file-stem.ts";
import type { Io } from "../io.ts";
import { type Labels, readLabels } from "../inputs/labels.ts";
import { type LoadedModel, loadAnyModel } from "../models/load-any-model.ts";
import { createExplainer } from "./method.ts";
import { type PreparedInput, prepareInput, readFurtherInputs } from "../inputs/prepare-input.ts";
import { describeModel, presetHint } from "../print/print-model.ts";
import { describeExplanation, describeScores } from "../print/print-explanation.ts";
import { startProgressBar } from "../print/progress-bar.ts";
import { scoreInput } from "./score-input.ts";
import { parseTarget } from "./target-flag.ts";
import { explanationWarnings, labelWarnings } from "./warnings.ts";
import { writeExplanation } from "../write/write-explanation.ts";

/** Everything that stays the same for all files of a run. */
interface Run {
  readonly loaded: LoadedModel;
  readonly model: ModelRecord;
  readonly flags: ExplainFlags;
  readonly labels: Labels | null;
  readonly features: Labels | null;
  readonly target: TargetOption;
  readonly further: Readonly<Record<string, Tensor>>;
  readonly io: Io;
}

/**
 * `xdeep explain`: explains every file by every method, and prints and writes what was found.
 *
 * @throws {XDeepError} as reading, loading and explaining do
 */
export async function explain(modelPath: string, paths: readonly string[], flags: ExplainFlags, io: Io): Promise<void> {
  const labels = flags.labels === undefined ? null : await readLabels(flags.labels);
  const features = flags.features === undefined ? null : await readLabels(flags.features);
  const target = flags.target === undefined ? null : parseTarget(flags.target, labels);
  const loaded = await loadAnyModel(modelPath, flags);
  try {
    const { model, file, weightFiles } = loaded;
    const record: ModelRecord = { ...file, weightFiles, backend: model.backend, engine: model.engine };
    const further = await readFurtherInputs(model, flags.input ?? {});
    await explainFiles(paths, { loaded, model: record, flags, labels, features, target, further, io });
  } finally {
    await loaded.model.dispose();
  }
}

async function explainFiles(paths: readonly string[], run: Run): Promise<void> {
  const { flags, io, model } = run;
  const records: ExplanationRecord[] = [];
  const rows: SheetRow[] = [];
  say(run, describeModel(run.loaded));
  const stems = fileStems(paths);
  for (const [n, path] of paths.entries()) {
    const input = await prepareInput(run.loaded.model, path, run.further, flags, io.signal);
    if (n === 0 && input.plan !== null) say(run, presetHint(input.plan));
    const found = await explainFile(input, stems[n]!, n === 0, run);
    records.push(...found.map(({ record }) => record));
    if (flags.render.includes("sheet"))
      rows.push(
        sheetRow(
          input,
          found.map(({ explanation }) => explanation),
          flags,
        ),
      );
  }
  const sheet = rows.length === 0 ? null : join(flags.out, "sheet.png");
  if (sheet !== null) {
    await writePng(
      sheet,
      await drawSheet(
        rows,
        flags.method.map(({ name }) => name),
        model.file,
      ),
    );
    say(run, `\nwritten ${sheet}\n`);
  }
  if (flags.json) io.stdout.write(`${JSON.stringify({ out: flags.out, sheet, explanations: records }, null, 2)}\n`);
}

interface Found {
  readonly explanation: Explanation;
  readonly record: ExplanationRecord;
}

async function explainFile(input: PreparedInput, stem: string, isFirst: boolean, run: Run): Promise<readonly Found[]> {
  const { loaded, flags, labels, target, io } = run;
  const scored = await scoreInput(loaded.model, input, { target, output: flags.output, labels, count: flags.top, signal: io.signal });
  if (isFirst) warn(run, labelWarnings(labels, flags.labels, scored));
  say(run, `\n${describeScores(input, scored)}`);
  const baseline = await resolveBaselines(flags.baseline, input, io.signal);
  const found: Found[] = [];
  for (const method of flags.method) {
    const explainer = createExplainer(loaded.model, method, { ...flags, baseline });
    const bar = startProgressBar(io.stderr, `${stem} ${method.name}`);
    const explanation = await explainWith({ ...run, explainer, method, input, scored, signal: io.signal, onProgress: bar.update }).finally(bar.stop);
    const record = await writeExplanation(explanation, input, { folder: flags.out, stem, flags });
    say(run, describeExplanation(record, explanation.values, { folder: flags.out, features: run.features, layout: input.layout }));
    warn(run, explanationWarnings(record));
    found.push({ explanation, record });
  }
  return found;
}

/** Text for people; `--json` keeps stdout for the one document. */
function say({ flags, io }: Run, text: string): void {
  if (!flags.json) io.stdout.write(text);
}

function warn({ io }: Run, warnings: readonly string[]): void {
  for (const warning of warnings) io.stderr.write(`warning: ${warning}\n`);
}
