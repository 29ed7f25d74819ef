import type { Queue } from "bullmq";
import type { Redis } from "ioredis";

import { type ShardJob, errorOf, findEnd, forget, isOfAllRows, jobId, leaveEnd } from "./redis/shard-queue.ts";

/** Jobs that are told to Redis at once. */
const AT_ONCE = 500;
/** How often a shard may come back as failed before the work ends. */
const MOST_FAILURES = 3;
/** How often a shard is tried before it comes back. */
const ATTEMPTS = 5;

/** Hands out shards that are missing, and takes back those that failed. */
export type HandOut = (missing: readonly number[]) => Promise<void>;

/**
 * What a call gets must have been listed after the call before has ended: a job leaves Redis only after its shard is written, so that whatever was handed out
 * and is still missing was counted, unless Redis has lost it.
 *
 * @param mostWaiting shards in Redis at a time
 * @throws {XDeepError} from a call: what a worker says that every row would meet, or a shard that fails again and again
 */
export function createHandOut(client: Redis, queue: Queue<ShardJob>, mostWaiting: number): HandOut {
  let handed: ReadonlySet<number> = new Set();
  let counted = 0;
  let losses = 0;
  const failures = new Map<number, number>();

  async function add(shards: readonly number[]): Promise<void> {
    for (let start = 0; start < shards.length; start += AT_ONCE) {
      const jobs = shards.slice(start, start + AT_ONCE).map((shard) => ({
        name: "shard",
        data: { shard },
        opts: { jobId: jobId(shard), removeOnComplete: true, attempts: ATTEMPTS },
      }));
      await queue.addBulk(jobs);
    }
  }

  /** Where Redis has lost the list of what waits, it holds on to the jobs, and takes none twice. Those that somebody works on stay. */
  async function remove(shards: readonly number[]): Promise<void> {
    for (let start = 0; start < shards.length; start += AT_ONCE) {
      await Promise.all(shards.slice(start, start + AT_ONCE).map((shard) => queue.remove(jobId(shard)).catch(() => 0)));
    }
  }

  /** Shards that failed are tried again by all, until one of them has failed too often. */
  async function takeBack(): Promise<readonly number[]> {
    const failed = await queue.getFailed(0, AT_ONCE);
    for (const { data, failedReason } of failed) {
      const count = (failures.get(data.shard) ?? 0) + 1;
      failures.set(data.shard, count);
      if (count < MOST_FAILURES && !isOfAllRows(failedReason)) continue;
      const error = errorOf(failedReason);
      await leaveEnd(client, queue, error);
      await forget(client, queue);
      throw error;
    }
    for (const job of failed) await job.remove();
    return failed.map(({ data }) => data.shard);
  }

  return async (missing) => {
    const end = await findEnd(client, queue);
    if (end !== null) throw end;
    const some = missing.slice(0, mostWaiting);
    const isLost = counted < some.filter((shard) => handed.has(shard)).length;
    losses = isLost ? losses + 1 : 0;
    if (losses > 1) await remove(some);
    await add(isLost ? some : some.filter((shard) => !handed.has(shard)));
    const back = new Set(await takeBack());
    handed = new Set(some.filter((shard) => !back.has(shard)));
    counted = await queue.getJobCountByTypes("waiting", "active", "delayed", "failed");
  };
}
