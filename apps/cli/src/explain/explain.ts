import { isXDeepError } from "@xdeep/core";

import { asksForShards, isMany } from "../batch/is-many.ts";
import type { ExplainFlags } from "../commands/explain-flags.ts";
import { resolveMeasures } from "../evaluate/metric.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { findInputs, isPicture } from "../inputs/find-inputs.ts";
import type { GivenInput } from "../inputs/prepare-input.ts";
import { readLabels } from "../inputs/labels.ts";
import type { Io } from "../io.ts";
import { isTfjsModel } from "../models/tfjs-loader.ts";
import { createHtmlReport } from "../html-report/collect.ts";
import { UsageError } from "../usage-error.ts";
import { fileStems } from "../write/file-stem.ts";
import { modelNames } from "../write/model-name.ts";
import { explainModel } from "./explain-model.ts";
import { checkSettings, settingWarnings } from "./methods/method-settings.ts";
import { resolveMethods } from "./methods/method.ts";
import { createReport } from "./report.ts";
import type { Run } from "./run.ts";

/**
 * `xdeep explain`: explains every input by every model and method, and prints and writes what was found. What fails is recorded, and the rest goes
 * on, unless it would fail for every input.
 *
 * @param args the model, further models, and inputs
 * @throws {XDeepError} as reading, loading and explaining do; {UsageError} for a method or a backend that does not exist
 */
export async function explain(args: readonly string[], flags: ExplainFlags, io: Io): Promise<ExitCode> {
  const { text: texts = [] } = flags;
  const { models, inputs } = await splitArguments(args, texts.length > 0);
  // Shards list their inputs themselves: they look into the folders inside folders, too.
  const isAsked = asksForShards(flags, inputs);
  const paths = isAsked ? [] : await findInputs(inputs);
  const metrics = resolveMeasures(flags.metric ?? []);
  if (isAsked || isMany(paths)) {
    if (texts.length > 0) throw new UsageError("Texts are explained one by one, not in shards of many. Leave out --text, or what asks for shards.");
    if (metrics.length > 0) throw new UsageError("--metric measures inputs one by one, not shards of many. Name fewer inputs, or leave out --metric.");
    return (await import("../batch/explain-many.ts")).explainMany(models, inputs, flags, io);
  }
  const given = [...paths.map((path): GivenInput => ({ path })), ...texts.map((text): GivenInput => ({ path: shortened(text), text }))];
  const stems = fileStems(given.map(({ path, text }) => (text === undefined ? path : "text")));
  const report = createReport(io, flags.json);
  const methods = await resolveMethods(flags.method);
  checkSettings(methods, flags, metrics.length > 0 ? ["seed"] : []);
  report.warn(settingWarnings(methods, flags));
  const targets = [...new Set(flags.target)];
  const maps = models.length * given.length * methods.length * Math.max(1, targets.length);
  const run: Run = {
    flags,
    targets,
    methods,
    metrics,
    labels: flags.labels === undefined ? null : { path: flags.labels, labels: await readLabels(flags.labels) },
    features: flags.features === undefined ? null : await readLabels(flags.features),
    inputs: given.map((input, n) => ({ ...input, stem: stems[n]! })),
    report,
    page: flags.report === undefined ? null : createHtmlReport(flags.report, maps, io.argv ?? []),
    io,
  };
  const names = modelNames(models);
  for (const [n, model] of models.entries()) {
    if (n > 0) report.say("\n");
    await explainModel(model, names[n]!, run).catch((error: unknown) => {
      if (models.length === 1 || !isXDeepError(error)) throw error;
      report.failed({ model, input: null, error });
    });
  }
  if (flags.report !== undefined && report.told.explained > 0) {
    await run.page?.write(report.told);
    report.wrotePage(flags.report);
  }
  return report.finish({ out: flags.out, inputs: given.length * models.length }) === 0 ? EXIT.ok : EXIT.failure;
}

/** The first argument is a model, and so are those behind it until one is none. */
async function splitArguments(args: readonly string[], hasTexts: boolean): Promise<{ readonly models: readonly string[]; readonly inputs: readonly string[] }> {
  let count = 1;
  while (count < args.length && (/\.onnx$/i.test(args[count]!) || (await isTfjsModel(args[count]!)))) count++;
  if (count < args.length || hasTexts) return { models: args.slice(0, count), inputs: args.slice(count) };
  const [first = "", ...others] = args;
  if (others.length > 0 && isPicture(first)) {
    throw new UsageError(`"${first}" is a picture; models stand in front of what they are to explain: xdeep explain ${[...others, first].join(" ")}`);
  }
  throw new UsageError(`These are models, and there is nothing to explain: ${args.join(", ")}. Name inputs behind them, or give a --text.`);
}

/** How a text of the command line is called: its beginning, in quotes. */
function shortened(text: string): string {
  return JSON.stringify(text.length <= MOST_LETTERS ? text : `${text.slice(0, MOST_LETTERS - 1)}…`);
}

const MOST_LETTERS = 40;
