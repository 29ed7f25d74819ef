import { checkOptionNames, demandCount } from "@xdeep/core/method";

import { type Estimate, createPace } from "./results/estimate.ts";
import { type ListedManifest, missingShards, rowsOfShards } from "./manifest/manifest.ts";
import { placeManifest } from "./manifest/place-manifest.ts";
import { writtenShards } from "./shards/shard-file.ts";
import { type LoadingThread, type ShardCall, type ShardThread, type ShardThreadOptions, loadShardThread } from "./shards/shard-thread.ts";

/** How far a run is. */
export interface BatchProgress {
  /** Rows, failed ones among them. Those of shards that were there before count. */
  readonly done: number;
  readonly total: number;
  /** Rows that failed in this run. */
  readonly failed: number;
  readonly estimate: Estimate | null;
}

export interface RunBatchOptions extends Omit<ShardThreadOptions, "folder"> {
  /** Threads, each with the job opened once. Default: 1. */
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: BatchProgress) => void) | undefined;
}

/**
 * Explains everything that is not there yet, in threads of this process. Whatever stops it, a later call goes on where it stopped.
 *
 * @param listing may still be on its way: threads load their module meanwhile
 * @throws {XDeepError} what would meet every row; WRITE_FAILED; ENGINE_FAILED where threads end and no row is to blame; the signal's reason
 */
export async function runBatch(folder: string, listing: ListedManifest | PromiseLike<ListedManifest>, options: RunBatchOptions): Promise<void> {
  checkOptionNames("runBatch", options, ["workers", "signal", "onProgress", "module", "base", "maxMemory"]);
  const { workers = 1, ...rest } = options;
  demandCount("runBatch", "workers", workers);
  const loading = Array.from({ length: Math.min(workers, MOST_EARLY) }, () => loadShardThread(options));
  try {
    await runListed(folder, await listing, { workers, ...rest }, () => loading.pop() ?? loadShardThread(options));
  } finally {
    await Promise.all(loading.map((thread) => thread.close()));
  }
}

/** Threads that are loaded before it is known how many shards there are. */
const MOST_EARLY = 4;

type Running = RunBatchOptions & { readonly workers: number };

async function runListed(folder: string, listed: ListedManifest, { workers, signal, onProgress, base }: Running, load: () => LoadingThread): Promise<void> {
  const { manifest } = listed;
  await placeManifest(folder, listed);
  const missing = missingShards(manifest, await writtenShards(folder));
  const report = progressOf(listed, missing, onProgress);
  report({ explained: 0, failed: 0 });
  // The first error ends the others, so that it is seen at once.
  const failing = new AbortController();
  const ending = signal === undefined ? failing.signal : AbortSignal.any([signal, failing.signal]);
  const next = missing.values();
  const lanes = Array.from({ length: Math.min(workers, missing.length) }, async () => {
    const thread = await load().start({ folder, base }, { signal: ending });
    try {
      for (const shard of next) await explainPatiently(thread, shard, { signal: ending, onRows: report });
    } finally {
      await thread.close();
    }
  });
  const settled = await Promise.allSettled(lanes.map((lane) => lane.catch((error: unknown) => (failing.abort(error), Promise.reject(error)))));
  signal?.throwIfAborted();
  const failed = settled.find((each) => each.status === "rejected");
  if (failed !== undefined) throw failing.signal.reason;
}

/** How often a thread may end at one shard and come no further: each row at which it does is found out after three. */
const MOST_RESTARTS = 20;

/**
 * A thread that dies is started again: what it died of is then found out, row by row, however many such rows there are among others.
 * Where most rows fail, the engine is to blame.
 */
export async function explainPatiently(thread: ShardThread, shard: number, call: ShardCall = {}): Promise<void> {
  let furthest = 0;
  for (let restarts = 0; ; restarts++) {
    const told = { explained: 0, failed: 0 };
    const onRows: ShardCall["onRows"] = (rows) => {
      told.explained += rows.explained;
      told.failed += rows.failed;
      call.onRows?.(rows);
    };
    try {
      return await thread.explain(shard, { ...call, onRows });
    } catch (error) {
      const reached = told.explained + told.failed;
      if (reached > furthest && told.explained > told.failed) {
        furthest = reached;
        restarts = 0;
      }
      if (!thread.died || restarts === MOST_RESTARTS) throw error;
    }
  }
}

function progressOf({ manifest }: ListedManifest, missing: readonly number[], onProgress: RunBatchOptions["onProgress"]): NonNullable<ShardCall["onRows"]> {
  const pace = createPace();
  let done = manifest.rows - rowsOfShards(manifest, missing);
  let failed = 0;
  return ({ explained, failed: more }) => {
    done = Math.min(manifest.rows, done + explained + more);
    failed += more;
    pace.add(explained + more);
    onProgress?.({ done, total: manifest.rows, failed, estimate: pace.estimate(manifest.rows - done) });
  };
}
