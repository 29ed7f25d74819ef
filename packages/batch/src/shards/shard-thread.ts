import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";

import { XDeepError } from "@xdeep/core";
import { type CarriedError, unpackError } from "@xdeep/worker";

export interface ShardThreadOptions {
  /** Folder of results, with its manifest. */
  readonly folder: string;
  /** The module whose `openJob` explains rows. */
  readonly module: string | URL;
  /** Where relative paths of rows begin on this machine. Default: where the manifest says. */
  readonly base?: string | undefined;
  /** Megabytes of JavaScript's memory beyond which the thread ends; the engine's own are not counted. Default: Node's. */
  readonly maxMemory?: number | undefined;
}

export type ShardThreadData = { readonly folder: string; readonly module: string; readonly base: string | undefined; readonly process: string };
export type ShardRequest = { readonly type: "explain"; readonly shard: number } | { readonly type: "abort" } | { readonly type: "close" };
export type ShardReply =
  | { readonly type: "ready" }
  | { readonly type: "rows"; readonly explained: number; readonly failed: number }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly error: CarriedError };

export interface ShardCall {
  readonly signal?: AbortSignal | undefined;
  /** Called after each call of the job. */
  readonly onRows?: ((rows: { readonly explained: number; readonly failed: number }) => void) | undefined;
}

/** A thread that explains shards, one at a time. The thread that calls never waits for an engine, so that it can renew locks and answer. */
export interface ShardThread {
  /**
   * Explains a shard and writes it, unless it is there. A thread that dies is started again by the next call.
   *
   * @throws {XDeepError} what would meet every row; WRITE_FAILED; ENGINE_FAILED where the thread died; the signal's reason
   */
  explain(shard: number, call?: ShardCall): Promise<void>;
  /** Whether the last call failed because the thread died. */
  readonly died: boolean;
  close(): Promise<void>;
}

/** Starts a thread, and waits until its job is open. @throws what opening throws */
export async function startShardThread(options: ShardThreadOptions): Promise<ShardThread> {
  let worker: Worker | null = await open(options);
  let died = false;
  return {
    get died() {
      return died;
    },
    async explain(shard, { signal, onRows } = {}) {
      signal?.throwIfAborted();
      died = false;
      worker ??= await open(options);
      const abort = (): void => worker?.postMessage({ type: "abort" } satisfies ShardRequest, []);
      signal?.addEventListener("abort", abort, { once: true });
      try {
        await answerOf(worker, { type: "explain", shard }, onRows);
      } catch (error) {
        if (error instanceof Death) {
          died = true;
          worker = null;
          throw new XDeepError("ENGINE_FAILED", `The thread that explained shard ${shard} has ended: ${error.message}.`, { details: { shard }, cause: error });
        }
        throw signal?.aborted ? signal.reason : error;
      } finally {
        signal?.removeEventListener("abort", abort);
      }
    },
    async close() {
      const ending = worker;
      worker = null;
      if (ending === null) return;
      const ended = new Promise((resolve) => ending.once("exit", resolve));
      ending.postMessage({ type: "close" } satisfies ShardRequest, []);
      await ended;
    },
  };
}

/** Names this process. A number of the system would come again, and in containers always is 1. */
const PROCESS = randomUUID();

class Death extends Error {}

async function open({ folder, module, base, maxMemory }: ShardThreadOptions): Promise<Worker> {
  const worker = new Worker(new URL("./shard-worker.js", import.meta.url), {
    workerData: { folder, module: String(module), base, process: PROCESS } satisfies ShardThreadData,
    ...(maxMemory === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxMemory } }),
  });
  // An error may come when nobody waits for the thread; its exit will be seen.
  worker.on("error", () => undefined);
  try {
    await answerOf(worker, null);
    return worker;
  } catch (error) {
    await worker.terminate();
    if (error instanceof Death) throw new XDeepError("ENGINE_FAILED", `The thread of the job did not start: ${error.message}.`, { cause: error });
    throw error;
  }
}

/** Waits for what ends a request. */
function answerOf(worker: Worker, request: ShardRequest | null, onRows?: ShardCall["onRows"]): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      worker.off("message", receive).off("error", fail).off("exit", exit);
      end();
    };
    const receive = (message: ShardReply): void => {
      if (message.type === "rows") onRows?.(message);
      else if (message.type === "failed") settle(() => reject(unpackError(message.error)));
      else settle(resolve);
    };
    const fail = (error: Error): void => settle(() => reject(new Death(error.message, { cause: error })));
    const exit = (code: number): void => settle(() => reject(new Death(`it exited with code ${code}`)));
    worker.on("message", receive).on("error", fail).on("exit", exit);
    if (request !== null) worker.postMessage(request, []);
  });
}
