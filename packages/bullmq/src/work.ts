import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import {
  type LoadingThread,
  type Manifest,
  type ShardCall,
  type ShardThread,
  type ShardThreadOptions,
  explainPatiently,
  loadShardThread,
  readManifest,
  shardCount,
  writtenShards,
} from "@xdeep/batch";
import { isXDeepError } from "@xdeep/core";
import { checkOptionNames, demandCount } from "@xdeep/core/method";
import { type Job, UnrecoverableError, WaitingError, Worker } from "bullmq";

import { fatalReason } from "./distribute.ts";
import { shortenLeases } from "./shorten-leases.ts";
import { type Connection, type ShardJob, connect, queueName } from "./shard-queue.ts";

export interface WorkOptions extends Omit<ShardThreadOptions, "folder"> {
  /** Of Redis: redis://host:6379. */
  readonly url: string;
  /** Threads, each with the job opened once. Default: 1. */
  readonly workers?: number | undefined;
  /** Seconds after which a shard of a machine that is gone is given to another one. Default: 30. */
  readonly lease?: number | undefined;
  /** Aborted to stop: shards that are being explained are given back. */
  readonly signal?: AbortSignal | undefined;
  readonly onRows?: ShardCall["onRows"] | undefined;
}

const LEASE = 30;
/** Milliseconds in which shards are given back. */
const TIME_TO_CLOSE = 5000;
/** Seconds between looks whether all is done. */
const LOOK_EVERY = 1;

/**
 * Explains shards that `distribute` hands out, until all are written. Start it on as many machines as there are, before or after the other; each needs
 * the folder of results, the inputs and the model.
 *
 * @throws {XDeepError} QUEUE_UNAVAILABLE; what every row would meet; the signal's reason where it stopped before the end
 */
export async function work(folder: string, options: WorkOptions): Promise<void> {
  checkOptionNames("work", options, ["url", "workers", "lease", "signal", "onRows", "module", "base", "maxMemory"]);
  const { url, workers = 1, lease = LEASE, signal, onRows, base } = options;
  demandCount("work", "workers", workers);
  const loading = Array.from({ length: workers }, () => loadShardThread(options));
  const { manifest, client, cut } = await begin(folder, url, signal).catch(async (error: unknown) => {
    await Promise.all(loading.map((thread) => thread.close()));
    throw error;
  });
  const threads = await startThreads(loading, { folder, base }).catch((error: unknown) => {
    cut();
    throw error;
  });
  const free = [...threads];
  const ending = new AbortController();
  let failure: unknown = null;

  async function explain(job: Job<ShardJob>, token: string | undefined): Promise<void> {
    // Redis may have lost what the job is about, as where it evicts: the shard is missing, and is handed out again.
    if (!Number.isSafeInteger(job.data.shard)) return;
    const mine = free.pop()!;
    try {
      await explainPatiently(mine, job.data.shard, { signal: ending.signal, onRows });
    } catch (error) {
      // Given back at once, rather than when its lease is over.
      if (ending.signal.aborted) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      if (isXDeepError(error) && error.code !== "WRITE_FAILED" && error.code !== "ENGINE_FAILED") {
        failure = error;
        throw new UnrecoverableError(fatalReason(error));
      }
      throw error;
    } finally {
      free.push(mine);
    }
  }

  const worker = new Worker<ShardJob>(queueName(manifest), explain, {
    connection: client,
    concurrency: workers,
    lockDuration: lease * 1000,
    stalledInterval: lease * 500,
    // A shard at which machines end is not given up here: which row is to blame is found out in the folder.
    maxStalledCount: 1_000_000,
    removeOnComplete: { count: 0 },
    drainDelay: 1,
  });
  // Redis that is away is waited for; a lease that was lost has gone to another, and what is written twice is written once.
  worker.on("error", () => undefined);
  const shortened = setInterval(() => void shortenLeases(client, worker, lease).catch(() => undefined), lease * 1000);
  try {
    await untilDone(folder, manifest, signal, () => failure);
  } finally {
    clearInterval(shortened);
    ending.abort(signal?.reason ?? new Error("The work has ended."));
    await closeSoon(worker);
    cut();
    await Promise.all(threads.map((each) => each.close()));
  }
}

/** A machine may be there before the one that lists the inputs. */
async function begin(folder: string, url: string, signal: AbortSignal | undefined): Promise<Connection & { readonly manifest: Manifest }> {
  while (!(await exists(join(folder, "manifest.json")))) await pause(signal);
  return { manifest: await readManifest(folder), ...(await connect(url)) };
}

async function startThreads(loading: readonly LoadingThread[], place: Parameters<LoadingThread["start"]>[0]): Promise<readonly ShardThread[]> {
  const started = await Promise.allSettled(loading.map((thread) => thread.start(place)));
  const failed = started.find((each) => each.status === "rejected");
  const threads = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  if (failed === undefined) return threads;
  await Promise.all(threads.map((thread) => thread.close()));
  throw failed.reason;
}

/** Redis that is away cannot be told that work has ended; it will see that the lease is over. */
async function closeSoon(worker: Worker): Promise<void> {
  await Promise.race([worker.close().catch(() => undefined), sleep(TIME_TO_CLOSE, undefined, { ref: false })]);
}

async function untilDone(folder: string, manifest: Manifest, signal: AbortSignal | undefined, failed: () => unknown): Promise<void> {
  const total = shardCount(manifest);
  while ((await writtenShards(folder)).length < total) {
    if (failed() !== null) throw failed();
    await pause(signal);
  }
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await sleep(LOOK_EVERY * 1000, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  signal?.throwIfAborted();
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
