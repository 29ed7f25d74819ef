import { type Tensor, type ValueInfo, XDeepError } from "@xdeep/core";
import { type EngineRunOptions, type RowRange, betweenRuns, engineRuns, joinRuns, notBatched, withoutPadding } from "@xdeep/core/backend";
import { loopEnd, sizeEnd } from "@xdeep/autodiff";
import { beyondLimit } from "@xdeep/onnx";
import type { InferenceSession } from "onnxruntime-common";
import { takeDeviceErrors } from "./device-errors.ts";
import type { Engine } from "./engine.ts";
import { inTurn } from "./in-turn.ts";
import { messageOf } from "./sessions.ts";
import { fromEngine, toEngine } from "./tensors.ts";

/** One engine run: the rows it held, and its results with the rows that only filled a fixed batch removed. */
export interface FinishedRun {
  readonly rows: RowRange;
  readonly results: Readonly<Record<string, Tensor>>;
}

export interface RunOptions {
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly inputs: readonly ValueInfo[];
  readonly rows: number;
  /** Batch size that the file fixes: the rows are run so many at a time. Null: all in one run. */
  readonly fixedBatch: number | null;
  /** Elements that a run may be filled up to. */
  readonly mostFilled: EngineRunOptions["mostFilled"];
  /** Names of the results wanted. */
  readonly fetches: readonly string[];
  /** Feed that weighs the rows, or their cotangent: rows that only fill a fixed batch have zeros there. */
  readonly zeroFilled?: string | undefined;
  /** Results that have no batch axis. Default: none. */
  readonly whole?: ReadonlySet<string> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs the rows of a batch, in as many engine runs as the model asks for. */
export async function runRows(engine: Engine, session: InferenceSession, options: RunOptions): Promise<readonly FinishedRun[]> {
  const { feeds, inputs, rows, fixedBatch, mostFilled, fetches, zeroFilled, whole, signal } = options;
  const finished: FinishedRun[] = [];
  for (const part of engineRuns(feeds, { inputs, rows, fixedBatch, mostFilled, zeroFilled })) {
    if (finished.length > 0) await betweenRuns(signal);
    signal?.throwIfAborted();
    finished.push({
      rows: part.rows,
      results: withoutPadding(await inTurn(engine, () => run(engine, session, { feeds: part.feeds, fetches, signal })), part, whole),
    });
  }
  return finished;
}

async function run(
  engine: Engine,
  session: InferenceSession,
  { feeds, fetches, signal }: Pick<RunOptions, "feeds" | "fetches" | "signal">,
): Promise<Record<string, Tensor>> {
  signal?.throwIfAborted();
  const wanted = new Set(session.inputNames);
  const inputs = Object.fromEntries(
    Object.entries(feeds)
      .filter(([name]) => wanted.has(name))
      .map(([name, tensor]) => [name, toEngine(engine.ort, tensor)]),
  );
  try {
    await takeDeviceErrors(engine);
    const results = await session.run(inputs, fetches);
    const values = Object.fromEntries(await Promise.all(fetches.map(async (name) => [name, await fromEngine(results[name]!)] as const)));
    const [error] = await takeDeviceErrors(engine);
    if (error === undefined) return values;
    throw new Error(error);
  } catch (cause) {
    const end = loopEnd(messageOf(cause));
    if (end !== null) throw beyondLimit(end.limit, end.rounds, "another round on these inputs", end.loop === undefined ? "A loop" : `Loop "${end.loop}"`);
    const large = sizeEnd(messageOf(cause));
    if (large !== null)
      throw beyondLimit("valueElements", large.elements, "more elements on these inputs", large.node === undefined ? "A value" : `"${large.node}"`);
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
export function joined(runs: readonly FinishedRun[], name: string, axis: number | null = 0): Tensor {
  return joinRuns(
    name,
    runs.map(({ rows, results }) => ({ rows, result: results[name]! })),
    axis,
  );
}

/** Those of several results. */
export function allJoined(runs: readonly FinishedRun[], names: readonly string[], axisOf: (name: string) => number | null): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(names.map((name) => [name, joined(runs, name, axisOf(name))]));
}

/**
 * The dims of a joined result that has so many rows.
 *
 * @throws {XDeepError} BATCH_INVALID where it has not
 */
export function dimsOfRows(runs: readonly FinishedRun[], name: string, rows: number): readonly number[] {
  const { dims } = joined(runs, name);
  if ((dims[0] ?? 1) !== rows) throw notBatched(name, dims, rows);
  return dims;
}
