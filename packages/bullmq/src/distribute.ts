import { type ListedManifest, missingShards, placeManifest, rowsOfShards, writtenShards } from "@xdeep/batch";
import { checkOptionNames, demandCount } from "@xdeep/core/method";
import { Queue } from "bullmq";

import { connect } from "./redis/connect.ts";
import { type HandOut, createHandOut } from "./hand-out.ts";
import { atMost, patiently } from "./patiently.ts";
import { isFinal, isRefusal, refused } from "./redis/refusal.ts";
import { PREFIX, type ShardJob, beginAgain, forget, queueName } from "./redis/shard-queue.ts";

export interface DistributeOptions {
  /** Of Redis: redis://host:6379. */
  readonly url: string;
  /** Shards that wait in Redis at a time. Default: 10,000. */
  readonly mostWaiting?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Rows of shards that are written. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  /** Told when Redis goes away, and when it comes back. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

const MOST_WAITING = 10_000;
/** Milliseconds for which Redis may refuse what it is told, as while it is full or reads its files. */
const PATIENCE = 60_000;
/** Milliseconds in which what is left in Redis is removed, if it is there. */
const TIME_TO_FORGET = 2000;

/**
 * Shares the shards that are not written yet out among those who `work` on the same folder, and waits until all are written. The folder is the truth:
 * shards that Redis has lost are handed out again, and those that come twice are written once. Stopped at any moment, another call goes on.
 *
 * @throws {XDeepError} QUEUE_UNAVAILABLE; what a worker says that every row would meet; WRITE_FAILED; the signal's reason
 */
export async function distribute(folder: string, listed: ListedManifest, options: DistributeOptions): Promise<void> {
  checkOptionNames("distribute", options, ["url", "mostWaiting", "signal", "onProgress", "onNotice"]);
  const { url, mostWaiting = MOST_WAITING, signal, onProgress, onNotice } = options;
  demandCount("distribute", "mostWaiting", mostWaiting);
  const { manifest } = listed;
  const { client, cut } = await connect(url, onNotice);
  try {
    await placeManifest(folder, listed);
    const queue = new Queue<ShardJob>(queueName(manifest), { connection: client, prefix: PREFIX });
    // Redis that is away is waited for.
    queue.on("error", () => undefined);
    const talk = talkOf(() => beginAgain(client, queue), createHandOut(client, queue, mostWaiting));
    await patiently(signal, async () => {
      const mayTalk = talk.isOver;
      const missing = missingShards(manifest, await writtenShards(folder));
      onProgress?.({ done: manifest.rows - rowsOfShards(manifest, missing), total: manifest.rows });
      if (mayTalk && missing.length > 0) talk.start(missing);
      return missing.length === 0;
    });
    await atMost(TIME_TO_FORGET, forget(client, queue));
  } finally {
    cut();
  }
}

interface Talk {
  readonly isOver: boolean;
  /** @throws what the talk before ended with, where it cannot go on */
  start(missing: readonly number[]): void;
}

/** Talks to Redis for as long as it takes, one talk after the other: whoever looks at the folder meanwhile does not wait for them. */
function talkOf(begin: () => Promise<void>, handOut: HandOut): Talk {
  let isBegun = false;
  let isOver = true;
  let refusedSince: number | null = null;
  let failure: { readonly error: unknown } | null = null;
  const talk = async (missing: readonly number[]): Promise<void> => {
    try {
      if (!isBegun) await begin();
      isBegun = true;
      await handOut(missing);
      refusedSince = null;
    } catch (error) {
      refusedSince ??= performance.now();
      if (!isRefusal(error)) failure = { error };
      else if (isFinal(error) || performance.now() - refusedSince > PATIENCE) failure = { error: refused(error) };
    } finally {
      isOver = true;
    }
  };
  return {
    get isOver() {
      return isOver;
    },
    start(missing) {
      if (failure !== null) throw failure.error;
      isOver = false;
      void talk(missing);
    },
  };
}
