import { randomUUID } from "node:crypto";
import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

import { XDeepError } from "@xdeep/core";
import { type CarriedError, unpackError } from "@xdeep/worker";

export interface ShardThreadOptions {
  /** Folder of results, with its manifest. */
  readonly folder: string;
  /** The module whose `openJob` explains rows: a URL, a package, or a path, which begins with "." in the current folder or with "/". */
  readonly module: string | URL;
  /** Where relative paths of rows begin on this machine. Default: where the manifest says. */
  readonly base?: string | undefined;
  /** Megabytes of JavaScript's memory beyond which the thread ends; the engine's own are not counted. Default: Node's. */
  readonly maxMemory?: number | undefined;
}

export type ShardThreadData = { readonly module: string; readonly process: string };
export type ShardRequest =
  | { readonly type: "open"; readonly folder: string; readonly base: string | undefined }
  | { readonly type: "explain"; readonly shard: number }
  | { readonly type: "abort" }
  | { readonly type: "close" };
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

/** A thread that loads the module of a job, as long as there is no job yet: while rows are listed, or another machine lists them. */
export interface LoadingThread {
  /** Opens the job. @throws what opening throws; the signal's reason */
  start(place: Pick<ShardThreadOptions, "folder" | "base">, call?: Pick<ShardCall, "signal">): Promise<ShardThread>;
  /** Ends the thread where no job came. */
  close(): Promise<void>;
}

/** Starts a thread whose job is opened later. What is wrong with the module is said then. */
export function loadShardThread(options: Pick<ShardThreadOptions, "module" | "maxMemory">): LoadingThread {
  const worker = load(options);
  return {
    start: (place, { signal } = {}) => threadOf(worker, { ...options, ...place }, signal),
    close: async () => void (await worker.terminate()),
  };
}

/** Starts a thread, and waits until its job is open. @throws what opening throws; the signal's reason */
export function startShardThread(options: ShardThreadOptions, { signal }: Pick<ShardCall, "signal"> = {}): Promise<ShardThread> {
  return loadShardThread(options).start(options, { signal });
}

async function threadOf(loaded: Worker, options: ShardThreadOptions, starting: AbortSignal | undefined): Promise<ShardThread> {
  let worker: Worker | null = await open(loaded, options, starting);
  let died = false;
  return {
    get died() {
      return died;
    },
    async explain(shard, { signal, onRows } = {}) {
      signal?.throwIfAborted();
      died = false;
      worker ??= await open(load(options), options, signal);
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

function load({ module, maxMemory }: Pick<ShardThreadOptions, "module" | "maxMemory">): Worker {
  const worker = new Worker(new URL("./shard-worker.js", import.meta.url), {
    workerData: { module: addressOf(module), process: PROCESS } satisfies ShardThreadData,
    ...(maxMemory === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxMemory } }),
  });
  // It may end when nobody waits for it: whoever asks next is told.
  worker.once("error", (error: Error) => ends.set(worker, error));
  worker.once("exit", (code) => ends.set(worker, ends.get(worker) ?? new Error(`it exited with code ${code}`)));
  return worker;
}

/** A thread's own place is no place of the caller's. */
function addressOf(module: string | URL): string {
  return typeof module === "string" && (/^\.{1,2}[/\\]/.test(module) || isAbsolute(module)) ? pathToFileURL(resolve(module)).href : String(module);
}

/** What threads ended of. */
const ends = new WeakMap<Worker, Error>();

async function open(worker: Worker, { folder, base }: ShardThreadOptions, signal: AbortSignal | undefined): Promise<Worker> {
  // A job that is being opened hears nothing.
  const end = (): void => void worker.terminate();
  signal?.addEventListener("abort", end, { once: true });
  try {
    signal?.throwIfAborted();
    await answerOf(worker, { type: "open", folder, base });
    return worker;
  } catch (error) {
    await worker.terminate();
    signal?.throwIfAborted();
    if (error instanceof Death) throw new XDeepError("ENGINE_FAILED", `The thread of the job did not start: ${error.message}.`, { cause: error });
    throw error;
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

/** Waits for what ends a request. */
function answerOf(worker: Worker, request: ShardRequest, onRows?: ShardCall["onRows"]): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      worker.off("message", receive).off("exit", exit);
      end();
    };
    const receive = (message: ShardReply): void => {
      if (message.type === "rows") onRows?.(message);
      else if (message.type === "failed") settle(() => reject(unpackError(message.error)));
      else settle(resolve);
    };
    const exit = (): void => settle(() => reject(new Death(ends.get(worker)!.message, { cause: ends.get(worker) })));
    if (ends.has(worker)) return exit();
    worker.on("message", receive).on("exit", exit);
    worker.postMessage(request, []);
  });
}
