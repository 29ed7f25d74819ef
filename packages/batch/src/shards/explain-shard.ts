import { type XDeepErrorCode, XDeepError, isXDeepError } from "@xdeep/core";

import { type AttemptNote, openAttempt } from "./attempts.ts";
import { type Json, type Manifest, shardRange } from "../manifest/manifest.ts";
import type { ReadRows, Row } from "../rows/read-rows.ts";
import { checkResult } from "../rows/check-result.ts";
import type { Outcome, RowError, RowResult } from "../rows/row-record.ts";
import { hasShard, writeShard } from "./shard-file.ts";

/** What explains rows: a model that is loaded, with everything that stays the same for all of them. */
export interface RowExplainer {
  /** Results in the order of the rows. Throws what is wrong with them; rows that came together are then asked for one by one. */
  explain(rows: readonly Row[], options: { readonly signal: AbortSignal }): Promise<readonly RowResult[]>;
  /** Rows of a call. Default: 1. */
  readonly rowsPerCall?: number | undefined;
  /** Engine, versions: what results depend on beside the manifest, and no times or names of machines. */
  readonly provenance: Json;
  /** Called when no shard is left. */
  close?(): Promise<void> | undefined;
}

/** What the module of a job exports as `openJob`: called once in each thread, with `job` and `places` of the manifest. */
export type OpenJob<Job = Json, Places = Json> = (job: Job, options: OpenJobOptions<Places>) => Promise<RowExplainer> | RowExplainer;

export interface OpenJobOptions<Places = Json> {
  readonly places: Places;
  /** Where relative paths begin on this machine. */
  readonly base: string;
  /** Aborted when the thread ends. */
  readonly signal: AbortSignal;
}

/** Errors that every row would meet. They end the run, and nothing is recorded. */
const OF_ALL_ROWS: ReadonlySet<XDeepErrorCode> = new Set([
  "CAPABILITY_MISSING",
  "CONTRACT_VERSION",
  "ENGINE_MISSING",
  "EXTERNAL_DATA_MISSING",
  "GPU_UNAVAILABLE",
  "GRADIENT_MISSING",
  "MODEL_DISPOSED",
  "MODEL_INVALID",
  "MODEL_NOT_FOUND",
  "MODEL_UNSUPPORTED",
  "OPTION_INVALID",
  "OUTPUT_UNKNOWN",
  "RULE_INVALID",
  "RULE_UNKNOWN",
  "WRITE_FAILED",
  "WRT_UNKNOWN",
]);

export interface ExplainShardOptions {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly shard: number;
  readonly readRows: ReadRows;
  /** Throws where this machine has none of the inputs any more. */
  readonly inputsAreThere: () => Promise<void>;
  readonly explainer: RowExplainer;
  /** A name that no other process has: rows at which threads of this one end are to blame sooner than those at which whole processes do. */
  readonly process: string;
  readonly signal: AbortSignal;
  readonly onRows?: ((rows: { readonly explained: number; readonly failed: number }) => void) | undefined;
}

/**
 * Explains the rows of a shard and writes it. A row that fails is recorded. A shard that is there already is left as it is.
 *
 * @throws {XDeepError} what would meet every row, as where the inputs are gone; WRITE_FAILED; the signal's reason
 */
export async function explainShard(options: ExplainShardOptions): Promise<void> {
  const { folder, manifest, shard, readRows, explainer, signal } = options;
  if (await hasShard(folder, shard)) return;
  const note = await openAttempt(folder, shard, options.process);
  try {
    const { start, end } = shardRange(manifest, shard);
    const rows = await readRows(start, end);
    const outcomes: Outcome[] = [];
    const step = explainer.rowsPerCall ?? 1;
    for (let first = 0; first < rows.length; first += step) {
      signal.throwIfAborted();
      const some = await explainSome(rows.slice(first, first + step), note, options);
      outcomes.push(...some);
      const failed = some.filter(({ values }) => values === null).length;
      options.onRows?.({ explained: some.length - failed, failed });
    }
    if (outcomes.every(({ record }) => isOfInput(record.error))) await options.inputsAreThere();
    await writeShard(folder, manifest, shard, sameDims(outcomes), explainer.provenance);
  } finally {
    await note.clear();
  }
}

/** No row is to blame where there is no memory for the model itself: recorded, all of them would be failed for good. */
function isOfAllRows(error: unknown): boolean {
  return isXDeepError(error) && (OF_ALL_ROWS.has(error.code) || error.details["noMemoryForModel"] === true);
}

function isOfInput(error: RowError | undefined): boolean {
  return error?.code === "INPUT_MISSING" || error?.code === "INPUT_CHANGED";
}

type Explaining = Pick<ExplainShardOptions, "explainer" | "signal">;

async function explainSome(rows: readonly Row[], note: AttemptNote, options: Explaining): Promise<readonly Outcome[]> {
  const { explainer, signal } = options;
  const range = { start: rows[0]!.index, end: rows[0]!.index + rows.length };
  const died = note.deathsAt(range);
  if (died > 0 && rows.length === 1) return [failed(rows[0]!, deadly(died))];
  try {
    // Rows that came together and were the end of somebody are looked at one by one.
    if (died > 0) return await oneByOne(rows, note, options);
    note.at(range);
    const results = await explainer.explain(rows, { signal });
    if (results.length !== rows.length) throw new TypeError(`The job explained ${results.length} of ${rows.length} rows.`);
    return rows.map((row, n) => explained(row, checkResult(results[n], row.name)));
  } catch (error) {
    if (signal.aborted || isOfAllRows(error)) throw error;
    return rows.length === 1 ? [failed(rows[0]!, error)] : oneByOne(rows, note, options);
  }
}

async function oneByOne(rows: readonly Row[], note: AttemptNote, options: Explaining): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const row of rows) {
    options.signal.throwIfAborted();
    outcomes.push(...(await explainSome([row], note, options)));
  }
  return outcomes;
}

function explained(row: Row, { values, ...rest }: RowResult): Outcome {
  return { record: { ...about(row), ...rest }, values };
}

function failed(row: Row, error: unknown): Outcome {
  return { record: { ...about(row), error: rowError(error) }, values: null };
}

function about({ index, name, sha256, label }: Row): Pick<Outcome["record"], "row" | "name" | "sha256" | "label"> {
  return { row: index, name, sha256, ...(label === undefined ? {} : { label }) };
}

function rowError(error: unknown): RowError {
  if (isXDeepError(error)) return { code: error.code, message: error.message };
  return { code: "UNEXPECTED", message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
}

/** Arrays hold rows of one size: that of the first. */
function sameDims(outcomes: readonly Outcome[]): readonly Outcome[] {
  const dimsOf = (values: RowResult["values"]): string => JSON.stringify(Object.entries(values).map(([name, { dims }]) => [name, dims]));
  const first = outcomes.find(({ values }) => values !== null);
  if (first === undefined) return outcomes;
  const expected = dimsOf(first.values!);
  return outcomes.map((outcome) => {
    if (outcome.values === null || dimsOf(outcome.values) === expected) return outcome;
    const message = `The attribution has dims ${dimsOf(outcome.values)}, and that of "${first.record.name}" in the same shard ${expected}. Bring all inputs to one size.`;
    const { row, name, sha256 } = outcome.record;
    return { record: { row, name, sha256, error: { code: "INPUT_SHAPE", message } }, values: null };
  });
}

function deadly(deaths: number): XDeepError {
  return new XDeepError("ENGINE_FAILED", `Whoever explained this row ended at it, ${deaths} times: it may take more memory than there is, or end the engine.`);
}
