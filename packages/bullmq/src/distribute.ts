import { setTimeout as sleep } from "node:timers/promises";

import { type ListedManifest, type Manifest, missingShards, placeManifest, rowsOfShards, writtenShards } from "@xdeep/batch";
import { XDeepError } from "@xdeep/core";
import { checkOptionNames } from "@xdeep/core/method";
import { Queue } from "bullmq";
import { ReplyError } from "ioredis";

import { type ShardJob, connect, queueName } from "./shard-queue.ts";

export interface DistributeOptions {
  /** Of Redis: redis://host:6379. */
  readonly url: string;
  /** Shards that wait in Redis at a time. Default: 10,000. */
  readonly mostWaiting?: number | undefined;
  /** Seconds between looks at the results. Default: 1. */
  readonly lookEvery?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Rows of shards that are written. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}

const MOST_WAITING = 10_000;
const AT_ONCE = 500;
/** How often a shard may come back as failed before the work ends. */
const MOST_FAILURES = 3;

/** Milliseconds for which Redis may refuse what it is told, as while it is full or reads its files. */
const PATIENCE = 60_000;

/**
 * Shares the shards that are not written yet out among those who `work` on the same folder, and waits until all are written. The folder is the truth:
 * shards that Redis has lost are handed out again, and those that come twice are written once. Stopped at any moment, another call goes on.
 *
 * @throws {XDeepError} QUEUE_UNAVAILABLE; what a worker says that every row would meet; WRITE_FAILED; the signal's reason
 */
export async function distribute(folder: string, listed: ListedManifest, options: DistributeOptions): Promise<void> {
  checkOptionNames("distribute", options, ["url", "mostWaiting", "lookEvery", "signal", "onProgress"]);
  const { url, mostWaiting = MOST_WAITING, lookEvery = 1, signal, onProgress } = options;
  const { manifest } = listed;
  await placeManifest(folder, listed);
  const { client, cut } = await connect(url);
  const queue: ShardQueue = new Queue(queueName(manifest), { connection: client });
  // Redis that is away is waited for.
  queue.on("error", () => undefined);
  const failures = new Map<string, number>();
  let answered = performance.now();
  try {
    for (;;) {
      signal?.throwIfAborted();
      const missing = missingShards(manifest, await writtenShards(folder));
      onProgress?.({ done: manifest.rows - rowsOfShards(manifest, missing), total: manifest.rows });
      if (missing.length === 0) return;
      try {
        await handOut(queue, manifest, missing, mostWaiting);
        await takeBack(queue, failures);
        answered = performance.now();
      } catch (error) {
        if (!(error instanceof ReplyError)) throw error;
        if (performance.now() - answered > PATIENCE) throw refused(error as Error);
      }
      await sleep(lookEvery * 1000, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  } finally {
    cut();
  }
}

type ShardQueue = Queue<ShardJob>;

function refused(cause: Error): XDeepError {
  const [reason] = cause.message.split(" script: ");
  const message = `Redis refuses the work: ${reason} Give it what it lacks, such as memory (maxmemory), and call again: what is written stays.`;
  return new XDeepError("QUEUE_UNAVAILABLE", message, { cause });
}

/** A shard that waits or is being explained is not added again: its id is its own. */
async function handOut(queue: ShardQueue, { id }: Manifest, missing: readonly number[], mostWaiting: number): Promise<void> {
  const waiting = await queue.getJobCountByTypes("waiting", "active", "delayed");
  const some = missing.slice(0, Math.max(mostWaiting, 1));
  if (waiting >= some.length) return;
  for (let start = 0; start < some.length; start += AT_ONCE) {
    const jobs = some.slice(start, start + AT_ONCE).map((shard) => ({
      name: "shard",
      data: { shard },
      opts: { jobId: `${id.slice(0, 16)}-${shard}`, removeOnComplete: true, attempts: 5, backoff: { type: "exponential", delay: 1000 } },
    }));
    await queue.addBulk(jobs);
  }
}

/** Shards that failed are tried again by all, until one of them has failed too often. */
async function takeBack(queue: ShardQueue, failures: Map<string, number>): Promise<void> {
  for (const job of await queue.getFailed(0, AT_ONCE)) {
    const count = (failures.get(job.id!) ?? 0) + 1;
    failures.set(job.id!, count);
    const { failedReason } = job;
    if (count >= MOST_FAILURES || failedReason.startsWith(OF_ALL_ROWS)) {
      await queue.drain();
      await job.remove();
      throw fatal(failedReason);
    }
    await job.remove();
  }
}

/** Marks what every row would meet, in the reason that a worker leaves. */
const OF_ALL_ROWS = "all: ";

export function fatalReason(error: XDeepError): string {
  return `${OF_ALL_ROWS}${JSON.stringify({ code: error.code, message: error.message })}`;
}

function fatal(reason: string): XDeepError {
  if (!reason.startsWith(OF_ALL_ROWS)) return new XDeepError("ENGINE_FAILED", `A shard failed again and again, the last time with: ${reason}`);
  const { code, message } = JSON.parse(reason.slice(OF_ALL_ROWS.length)) as Pick<XDeepError, "code" | "message">;
  return new XDeepError(code, message);
}
