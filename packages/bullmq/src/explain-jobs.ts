import { setTimeout as sleep } from "node:timers/promises";

import { type Manifest, type ShardCall, type ShardThread, explainPatiently } from "@xdeep/batch";
import { type Job, UnrecoverableError, WaitingError, Worker } from "bullmq";
import type { Redis } from "ioredis";

import { atMost, patiently } from "./patiently.ts";
import { isFinal, isRefusal, refused } from "./redis/refusal.ts";
import { isDone } from "./results-folder.ts";
import { PREFIX, type ShardJob, findEnd, forget, queueName, reasonOf } from "./redis/shard-queue.ts";
import { shortenLeases } from "./redis/shorten-leases.ts";
import { isOfAll, isOfThisMachine } from "./whose-fault.ts";

/** Milliseconds in which shards are given back. */
const TIME_TO_CLOSE = 5000;
/** Milliseconds until a shard that failed is failed, twice as many each time: a disk that is full takes time to get room. */
const FIRST_PAUSE = 1000;

export interface Place extends ShardCall {
  readonly onNotice: ((text: string) => void) | undefined;
  readonly client: Redis;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly lease: number;
}

/** Explains what comes, until all is written. Each thread has one shard at a time. */
export async function explainJobs(threads: readonly ShardThread[], { client, folder, manifest, lease, signal, onRows, onNotice }: Place): Promise<void> {
  const free = [...threads];
  const ending = new AbortController();
  const ends = AbortSignal.any([ending.signal, ...(signal === undefined ? [] : [signal])]);

  async function explain(job: Job<ShardJob>, token: string | undefined): Promise<void> {
    // Redis may have lost what the job is about, as where it evicts: the shard is missing, and is handed out again.
    if (!Number.isSafeInteger(job.data.shard)) return;
    const mine = free.pop()!;
    try {
      await explainPatiently(mine, job.data.shard, { signal: ends, onRows });
    } catch (error) {
      if (!ends.aborted) {
        if (isOfAll(error) || isOfThisMachine(error)) ending.abort(error);
        else await sleep(FIRST_PAUSE * 2 ** job.attemptsMade, undefined, { signal: ends }).catch(() => undefined);
        if (isOfAll(error)) throw new UnrecoverableError(reasonOf(error));
        if (!ends.aborted) throw error;
      }
      // Given back at once, rather than when its lease is over.
      await job.moveToWait(token);
      throw new WaitingError();
    } finally {
      free.push(mine);
    }
  }

  const worker = new Worker<ShardJob>(queueName(manifest), explain, {
    connection: client,
    prefix: PREFIX,
    concurrency: threads.length,
    lockDuration: lease * 1000,
    stalledInterval: lease * 500,
    // A shard at which machines end is not given up here: which row is to blame is found out in the folder.
    maxStalledCount: 1_000_000,
    removeOnComplete: { count: 0 },
    drainDelay: 1,
    runRetryDelay: 1000,
  });
  // Redis that is away is waited for; a lease that was lost has gone to another, and what is written twice is written once.
  let told = "";
  worker.on("error", (error) => {
    if (!isRefusal(error)) return;
    if (isFinal(error)) return ending.abort(refused(error));
    const { message } = refused(error);
    if (message !== told) onNotice?.(message);
    told = message;
  });
  let asked: Promise<void> | null = null;
  const shortened = setInterval(() => void shortenLeases(client, worker, lease).catch(() => undefined), lease * 1000);
  try {
    await patiently(ends, async () => {
      // Who explains a shard knows that not all are written.
      if (free.length < threads.length) return false;
      if (await isDone(folder, manifest)) return true;
      // Redis may be away: it is asked once at a time.
      asked ??= findEnd(client, worker)
        .then((end) => (end === null ? undefined : ending.abort(end)))
        .catch(() => undefined)
        .finally(() => (asked = null));
      return false;
    });
    await atMost(TIME_TO_CLOSE, forget(client, worker));
  } finally {
    clearInterval(shortened);
    ending.abort(signal?.reason ?? new Error("The work has ended."));
    // Redis that is away cannot be told that work has ended; it will see that the lease is over.
    await atMost(TIME_TO_CLOSE, worker.close());
  }
}
