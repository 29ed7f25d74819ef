import { type RowRange, type Tensor, XDeepError, betweenRuns, float32, repeatRow, sliceFeeds, sliceRows, splitRows, concatRows } from "@xdeep/core";
import type { Dim } from "@xdeep/onnx";
import type { InferenceSession } from "onnxruntime-common";
import type { Engine } from "./engine.ts";
import { messageOf } from "./sessions.ts";
import { fromEngine, toEngine } from "./tensors.ts";

/** One engine run: the rows it held, and its results with the rows that only filled a fixed batch removed. */
export interface EngineRun {
  readonly rows: RowRange;
  readonly results: Readonly<Record<string, Tensor>>;
}

export interface RunOptions {
  /** Every input [N, …]. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly rows: number;
  /** Batch size that the file fixes: the rows are run so many at a time. Null: all in one run. */
  readonly fixedBatch: number | null;
  /** Names of the results wanted. */
  readonly fetches: readonly string[];
  /** Feed that weighs the rows: those that only fill a fixed batch weigh nothing. */
  readonly weights?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs the rows of a batch, in as many engine runs as the file's batch size asks for. */
export async function runRows(engine: Engine, session: InferenceSession, options: RunOptions): Promise<readonly EngineRun[]> {
  const { feeds, rows, fixedBatch, fetches, weights, signal } = options;
  const size = fixedBatch ?? rows;
  const runs: EngineRun[] = [];
  for (const range of splitRows(rows, size)) {
    if (runs.length > 0) await betweenRuns(signal);
    signal?.throwIfAborted();
    const count = range.end - range.start;
    const part = count === rows ? feeds : sliceFeeds(feeds, range);
    const results = await run(engine, session, count < size ? padded(part, size - count, weights) : part, fetches);
    runs.push({ rows: range, results: count < size ? firstRows(results, count, size) : results });
  }
  return runs;
}

/** Repeats the last row until the batch is full; what comes of the copies is dropped, and does not count in sums. */
function padded(feeds: Readonly<Record<string, Tensor>>, missing: number, weights: string | undefined): Readonly<Record<string, Tensor>> {
  return mapTensors(feeds, (tensor, name) => {
    const rows = tensor.dims[0] ?? 0;
    return concatRows([tensor, name === weights ? float32([missing]) : repeatRow(sliceRows(tensor, rows - 1, rows), missing)]);
  });
}

function firstRows(results: Readonly<Record<string, Tensor>>, count: number, size: number): Readonly<Record<string, Tensor>> {
  return mapTensors(results, (tensor) => (tensor.dims[0] === size ? sliceRows(tensor, 0, count) : tensor));
}

function mapTensors(tensors: Readonly<Record<string, Tensor>>, map: (tensor: Tensor, name: string) => Tensor): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, map(tensor, name)]));
}

async function run(
  engine: Engine,
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  fetches: readonly string[],
): Promise<Record<string, Tensor>> {
  const wanted = new Set(session.inputNames);
  const inputs = Object.fromEntries(
    Object.entries(feeds)
      .filter(([name]) => wanted.has(name))
      .map(([name, tensor]) => [name, toEngine(engine.ort, tensor)]),
  );
  try {
    const results = await session.run(inputs, fetches);
    return Object.fromEntries(await Promise.all(fetches.map(async (name) => [name, await fromEngine(results[name]!)] as const)));
  } catch (cause) {
    throw new XDeepError("ENGINE_FAILED", `${engine.name} ${engine.version} failed while it ran the model: ${messageOf(cause)}`, {
      details: { engine: engine.name },
      cause,
    });
  }
}

/**
 * The same result of every run, joined along the batch.
 *
 * @throws {XDeepError} BATCH_INVALID where there are several and their leading axis is not the batch
 */
export function joined(runs: readonly EngineRun[], name: string): Tensor {
  const parts = runs.map(({ rows, results }) => {
    const part = results[name]!;
    if (runs.length > 1 && part.dims[0] !== rows.end - rows.start) throw notBatched(name, part.dims);
    return part;
  });
  return concatRows(parts);
}

export function notBatched(name: string, dims: readonly Dim[]): XDeepError {
  return new XDeepError(
    "BATCH_INVALID",
    `"${name}" has dims [${dims.map((dim) => dim ?? "any").join(", ")}], whose first axis is not the batch, so it cannot be joined or summed over rows. Explain one row at a time, without weights.`,
    {
      details: { value: name, dims },
    },
  );
}
