import { type Model, XDeepError } from "@xdeep/core";

import { lifeLockOf, onRelease } from "./life-lock.ts";
import { DEFAULT_NICENESS, checkNiceness } from "./niceness.ts";
import { Connection, remoteModel } from "./remote-model.ts";
import type { Load } from "./serve.ts";
import { type ClosablePort, type Thread, nodeWorkerThreads, onDeath } from "./thread.ts";

/**
 * Where a model is loaded: a function that runs in a new thread of Node's and imports what it needs inside, since it sees nothing around it; a worker
 * whose script calls `serve`; or a function that starts one, wrapped as `{ worker }`.
 */
export type WorkerSource = Load | Thread | { readonly worker: () => Thread };

export interface InWorkerOptions {
  /** Handed to the function, or to the `load` of `serve`: anything that can be cloned. Default: none. */
  readonly arguments?: readonly unknown[] | undefined;
  /** For a function: the file from whose place its imports are resolved, as `import.meta.url`. Default: the current folder. */
  readonly from?: string | URL | undefined;
  /**
   * In Node on Linux: how far the thread, and those that its engine starts, stand back behind the thread that calls, 0 (not at all) to 19. With as many
   * engine threads as cores, or more, the calling thread would otherwise wait for a turn of the scheduler's, several milliseconds, each time it wakes. Default 10.
   */
  readonly niceness?: number | undefined;
}

/**
 * Loads a model in another thread, so that the one that calls never waits for an engine: a `Model` like any other. Feeds are copied once, results
 * are moved. An abort rejects at once, and the engine stops before its next run. A thread that dies rejects every call with ENGINE_FAILED.
 *
 * @throws {XDeepError} whatever loading throws; OPTION_INVALID for a function that uses what is outside it, or a niceness that is none; ENGINE_FAILED where the worker does not start
 */
export async function inWorker(source: WorkerSource, options: InWorkerOptions = {}): Promise<Model> {
  const niceness = checkNiceness(options.niceness ?? DEFAULT_NICENESS);
  const { thread, isOwn } = start(source, options);
  const { port1, port2 } = new MessageChannel();
  const lock = lifeLockOf(thread);
  let unwatchLock = (): void => undefined;
  const connection = new Connection(port1 as unknown as ClosablePort, () => {
    unwatchLock = onRelease(lock!, () => connection.die("it was closed, or the browser ended it"));
  });
  if (isOwn) thread.unref?.();
  const unwatch = onDeath(thread, (reason, cause) => connection.die(reason, cause));
  const end = (): unknown => {
    unwatch();
    unwatchLock();
    return isOwn ? thread.terminate() : undefined;
  };
  try {
    thread.postMessage({ type: "xdeep.load", port: port2, arguments: options.arguments ?? [], lock, niceness }, [port2]);
    return remoteModel(await connection.loaded(), connection, end);
  } catch (error) {
    connection.close();
    await end();
    throw error;
  }
}

function start(source: WorkerSource, { from }: InWorkerOptions): { readonly thread: Thread; readonly isOwn: boolean } {
  if (typeof source === "function") return { thread: runFunction(source, from), isOwn: true };
  if (typeof source === "object" && source !== null && "worker" in source) return { thread: source.worker(), isOwn: true };
  if (typeof (source as Thread | null)?.postMessage === "function") return { thread: source, isOwn: false };
  throw new TypeError("inWorker takes a function that loads a model, a worker, or { worker: () => new Worker(…) }.");
}

/** By a name of its own: what bundlers for browsers see as `new URL(…, import.meta.url)` they put beside the page. */
const HERE: string = import.meta.url;

function runFunction(load: Load, from: string | URL | undefined): Thread {
  const threads = nodeWorkerThreads();
  if (threads === null) {
    throw new XDeepError(
      "OPTION_INVALID",
      'A browser cannot run a function in a worker: it has no imports of its own. Pass { worker: () => new Worker(new URL("./explain.worker.js", import.meta.url), { type: "module" }) }, whose script calls `serve` of @xdeep/worker/serve.',
      { details: { option: "source" } },
    );
  }
  return new threads.Worker(new URL("./function-worker.js", HERE), {
    workerData: { source: String(load), from: from === undefined ? null : String(from) },
    // How Node resolves the imports of a function is new in Node 20; that it says so would only disturb.
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
}
