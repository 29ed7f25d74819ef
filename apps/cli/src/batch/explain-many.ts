import { availableParallelism } from "node:os";
import { join } from "node:path";

import {
  type BatchStatus,
  type BatchSummary,
  type ListedManifest,
  type MeanMap,
  type Results,
  batchStatus,
  createManifest,
  meanMaps,
  readResults,
  runBatch,
  shardCount,
  summarize,
  withJob,
} from "@xdeep/batch";
import type { Progress } from "@xdeep/core";
import { writeWholeFile } from "@xdeep/image";

import { noteInCliWords } from "../cli-words.ts";
import type { ExplainFlags } from "../commands/explain-flags.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { parseTarget } from "../explain/targets/target-flag.ts";
import { checkSettings, settingWarnings } from "../explain/methods/method-settings.ts";
import { resolveMethods } from "../explain/methods/method.ts";
import { MOST_CLASSES } from "../html-report/map-detail.ts";
import { findCompanionFiles } from "../inputs/companion-files.ts";
import { type Labels, readLabels } from "../inputs/labels.ts";
import { writeNpy } from "../inputs/npy-file.ts";
import { type InputPlan, isTextFile, planInputs, readFurtherInputs } from "../inputs/prepare-input.ts";
import { type Io, noteTo } from "../io.ts";
import { loadAnyModel, takesFlag } from "../models/load-any-model.ts";
import { plural } from "../print/text/plural.ts";
import { describeBatch, describeSummary } from "../print/print-batch.ts";
import { describeModel, labelsHint, presetHint } from "../print/print-model.ts";
import { startBatchBar } from "../print/text/progress-bar.ts";
import { UsageError } from "../usage-error.ts";
import { safeName, uniqueNames } from "../write/file-stem.ts";
import { leaveCoresToEngines } from "./leave-cores-to-engines.ts";
import { checkRowDims } from "./row-dims.ts";
import { type ManyFlags, asJson, folderJob, placesOf, rowJob, versionsOf } from "./folder-job.ts";

/**
 * `xdeep explain` with many inputs: explains them in threads, into shards of `--out`, and sums up what was found. What is there already is not
 * explained again.
 *
 * @throws {XDeepError} as reading, loading and explaining do; {UsageError} for several models
 */
export async function explainMany(
  models: readonly string[],
  inputs: readonly string[],
  { target: targets = [], ...rest }: ExplainFlags,
  io: Io,
): Promise<ExitCode> {
  const [model] = models;
  if (model === undefined || models.length > 1)
    throw new UsageError("Many inputs are explained by one model at a time: run the command once for each, with an --out of its own.");
  if (new Set(targets).size > 1) {
    throw new UsageError(
      "--target is given several times, and shards hold one attribution of each row: run the command once for each, with an --out of its own, or give rows targets of their own by --column target=NAME.",
    );
  }
  const flags: ManyFlags = { ...rest, target: targets[0] };
  const say = (text: string): void => void (flags.json ? undefined : io.stdout.write(text));
  const features = flags.features === undefined ? null : await readLabels(flags.features);
  const threads = flags.threads ?? (!flags.gpu && (await takesFlag(model, flags, "threads")) ? 1 : undefined);
  const planning = (): Promise<ListedManifest> => plan(model, inputs, { ...flags, threads }, io, say);
  if (flags.queue !== undefined) return explainByQueue(await planning(), flags.queue, features, flags, io);
  const workers = flags.workers ?? (flags.gpu ? 1 : availableParallelism());
  leaveCoresToEngines();
  return watched(features, flags, io, (onProgress) => {
    const listing = planning().then((listed) => {
      const used = flags.workers ?? Math.min(workers, shardCount(listed.manifest));
      say(describeBatch(listed.manifest, { workers: plural(used, "thread"), out: flags.out }));
      return listed;
    });
    return runBatch(flags.out, listing, { module: rowJob(), workers, signal: io.signal, onProgress });
  });
}

/** Hands shards out to those who run `xdeep work`, and waits for them. */
async function explainByQueue(listed: ListedManifest, url: string, features: Labels | null, flags: ManyFlags, io: Io): Promise<ExitCode> {
  if (flags.workers !== undefined) throw new UsageError("--workers is for this machine, and with --queue it hands out work: give it to xdeep work.");
  const { addressOf, distribute } = await import("@xdeep/bullmq");
  const { shown } = addressOf(url);
  const command = `xdeep work ${flags.out} --queue ${shown}`;
  if (!flags.json) io.stdout.write(describeBatch(listed.manifest, { workers: `whoever runs: ${command}`, out: flags.out }));
  // The page shows the command, and no password.
  const told: Io = { ...io, argv: io.argv?.map((word) => word.replace(url, shown)) };
  const onNotice = noteTo(io);
  return watched(features, flags, told, (onProgress) => distribute(flags.out, listed, { url, signal: io.signal, onProgress, onNotice }));
}

/** Runs with a bar, says how far it got where it is stopped, and sums up at the end. */
async function watched(features: Labels | null, flags: ManyFlags, io: Io, run: (onProgress: (progress: Progress) => void) => Promise<void>): Promise<ExitCode> {
  const bar = startBatchBar(io.terminal ?? io.stderr);
  try {
    await run(bar.update);
  } catch (error) {
    bar.stop();
    if (io.signal?.aborted) io.stderr.write(`${await left(flags.out)}\n`);
    throw error;
  }
  bar.stop();
  return finish(features, flags, io);
}

/** Loads the model once, so that whatever is wrong with it or with the options is said at once, and lists the inputs. */
async function plan(path: string, inputs: readonly string[], flags: ManyFlags, io: Io, say: (text: string) => void): Promise<ListedManifest> {
  const companions = await findCompanionFiles(path);
  const labels = flags.labels === undefined ? (companions.labels?.labels ?? null) : await readLabels(flags.labels);
  if (flags.target !== undefined) parseTarget(flags.target, labels);
  const methods = await resolveMethods(flags.method);
  checkSettings(methods, flags);
  for (const warning of settingWarnings(methods, flags)) io.stderr.write(`warning: ${warning}\n`);
  const loaded = await loadAnyModel(path, flags);
  const { model } = loaded;
  try {
    say(describeModel(model, loaded.file));
    if (flags.labels === undefined && companions.labels !== null) say(labelsHint(companions.labels));
    const bar = startBatchBar(io.terminal ?? io.stderr, "listed");
    const { column: columns, shardSize, shardFormat } = flags;
    const listing = { inputs, columns, shardSize, shardFormat, job: null, signal: io.signal, onProgress: bar.update };
    const listed = await createManifest(listing).finally(bar.stop);
    const { files } = listed;
    const paths = files.length > 0 ? files.map(({ file }) => file) : ["numbers.npy"];
    if (paths.some(isTextFile)) throw new UsageError("Texts are explained one by one, not in shards of many. Name fewer, and leave out what asks for shards.");
    const inputPlan: InputPlan = await planInputs(
      model,
      paths.map((file) => ({ path: file })),
      Object.keys(flags.input ?? {}),
      flags,
      companions,
    );
    if (inputPlan.numbers !== undefined) checkRowDims(listed.manifest, inputPlan.numbers.info);
    if (inputPlan.pictures !== undefined) say(presetHint(inputPlan.pictures.plan));
    await readFurtherInputs(model, flags.input ?? {});
    return withJob(listed, asJson(await folderJob({ loaded, flags, labels, plan: inputPlan })), asJson(placesOf(path, versionsOf(model), flags.cache)));
  } finally {
    await model.dispose();
  }
}

async function finish(features: Labels | null, { out, json, report }: ManyFlags, { stdout, stderr, argv = [], signal }: Io): Promise<ExitCode> {
  const results = await readResults([out]);
  const status = await batchStatus(out, results);
  const { summary, means } = await writeSummary(out, results, signal);
  if (report !== undefined) {
    const { writeBatchReport } = await import("../html-report/collect-batch.ts");
    await writeBatchReport(report, { results, summary, means, command: argv, features });
  }
  if (json) stdout.write(`${JSON.stringify({ out, report: report ?? null, ...status, summary }, null, 2)}\n`);
  else stdout.write(describeSummary(status, summary, { out, report }));
  for (const { name, message, code } of status.failures.slice(0, 10)) stderr.write(`error: ${name}: ${noteInCliWords(message)} [${code}]\n`);
  return status.rows.failed === 0 ? EXIT.ok : EXIT.failure;
}

/** Letters of a class in the name of a file, which systems bound. */
const MOST_LETTERS = 100;

/** Writes `summary.json` and the mean maps of the most frequent classes beside the shards. */
async function writeSummary(
  out: string,
  results: Results,
  signal: AbortSignal | undefined,
): Promise<{ readonly summary: BatchSummary; readonly means: readonly MeanMap[] }> {
  const summary = await summarize(results);
  const means = await meanMaps(results, { classes: MOST_CLASSES, signal });
  const files: object[] = [];
  // Classes may share a name, as ImageNet's two cranes do, or have one without a letter that is safe.
  const fileNames = uniqueNames(
    means.map(({ value, target, name }) => `${safeName(value)}.${safeName(name ?? JSON.stringify(target)).slice(0, MOST_LETTERS)}`),
  );
  for (const [n, { value, target, name, rows, mean }] of means.entries()) {
    const file = join("means", `${fileNames[n]!}.npy`);
    await writeNpy(join(out, file), mean);
    files.push({ value, target, name, rows, file, dims: mean.dims });
  }
  await writeWholeFile(join(out, "summary.json"), `${JSON.stringify({ ...summary, means: files }, null, 2)}\n`);
  return { summary, means };
}

async function left(out: string): Promise<string> {
  const status: BatchStatus | null = await batchStatus(out).catch(() => null);
  if (status === null) return "";
  const { explained, failed, total } = status.rows;
  return `${explained + failed} of ${total} rows are written to "${out}". The same command goes on from there.`;
}
