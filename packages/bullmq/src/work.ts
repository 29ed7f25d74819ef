import { type LoadingThread, type ShardCall, type ShardThread, type ShardThreadOptions, loadShardThread } from "@xdeep/batch";
import { checkOptionNames, demandCount, demandOption } from "@xdeep/core/method";

import { connect } from "./redis/connect.ts";
import { explainJobs } from "./explain-jobs.ts";
import { isDone, waitForManifest } from "./results-folder.ts";
import { demandWritable } from "./whose-fault.ts";

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
  /** Told when Redis goes away or refuses something, and when it comes back. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

const LEASE = 30;

/**
 * Explains shards that `distribute` hands out, until all are written. Start it on as many machines as there are, before or after the other; each needs
 * the folder of results, the inputs and the model.
 *
 * @throws {XDeepError} QUEUE_UNAVAILABLE; what every row would meet, here or anywhere; WRITE_FAILED where this machine may not write; the signal's reason
 * where it stopped before the end
 */
export async function work(folder: string, options: WorkOptions): Promise<void> {
  checkOptionNames("work", options, ["url", "workers", "lease", "signal", "onRows", "onNotice", "module", "base", "maxMemory"]);
  const { url, workers = 1, lease = LEASE, signal, onRows, onNotice, base } = options;
  demandCount("work", "workers", workers);
  demandOption(Number.isFinite(lease) && lease > 0, "work", "lease", lease, "a number of seconds above 0");
  const { client, cut } = await connect(url, onNotice);
  const loading = Array.from({ length: workers }, () => loadShardThread(options));
  try {
    const manifest = await waitForManifest(folder, signal);
    if (await isDone(folder, manifest)) return;
    await demandWritable(folder);
    const threads = await startThreads(loading, { folder, base }, signal);
    try {
      await explainJobs(threads, { client, folder, manifest, lease, signal, onRows, onNotice });
    } finally {
      await Promise.all(threads.map((thread) => thread.close()));
    }
  } finally {
    cut();
    await Promise.all(loading.map((thread) => thread.close()));
  }
}

async function startThreads(
  loading: readonly LoadingThread[],
  place: Parameters<LoadingThread["start"]>[0],
  signal: AbortSignal | undefined,
): Promise<readonly ShardThread[]> {
  const started = await Promise.allSettled(loading.map((thread) => thread.start(place, { signal })));
  const failed = started.find((each) => each.status === "rejected");
  const threads = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  if (failed === undefined) return threads;
  await Promise.all(threads.map((thread) => thread.close()));
  throw failed.reason;
}
