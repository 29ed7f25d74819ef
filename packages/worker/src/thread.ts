import { nodeModule } from "@xdeep/core/backend";

/** What a MessagePort and a worker have in common, in Node and in browsers. */
export interface Port {
  /** Optional, as Node declares it: no worker of strict programs would fit otherwise. */
  postMessage(message: unknown, transfer?: readonly unknown[]): void;
  on?(type: "message", listener: (message: unknown) => void): unknown;
  addEventListener?(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  start?(): void;
}

/** One end of a MessageChannel. */
export interface ClosablePort extends Port {
  close(): void;
  /** Node's: whether the process waits for messages. */
  ref?(): void;
  unref?(): void;
}

/** A worker thread of Node or a Web Worker. */
export interface Thread extends Port {
  terminate(): unknown;
  /** Node's: keeps the process from waiting for the thread. */
  unref?(): void;
}

interface NodeWorkerThreads {
  readonly Worker: new (url: URL, options: { readonly workerData?: unknown; readonly execArgv?: readonly string[] }) => Thread;
  readonly isMainThread: boolean;
  readonly parentPort: Port | null;
  readonly workerData: unknown;
}

/** Null in browsers. */
export function nodeWorkerThreads(): NodeWorkerThreads | null {
  return nodeModule("node:worker_threads") as NodeWorkerThreads | null;
}

/** The port through which the thread that runs this was started. */
export function ownPort(): Port {
  return nodeWorkerThreads()?.parentPort ?? (globalThis as unknown as Port);
}

export function listen(port: Port, listener: (message: unknown) => void): void {
  if (port.addEventListener === undefined) port.on?.("message", listener);
  else port.addEventListener("message", ({ data }) => listener(data));
  port.start?.();
}

type DeathCallback = (reason: string, cause?: unknown) => void;

const mourners = new WeakMap<Thread, Set<DeathCallback>>();

/**
 * Calls back, with the reason, when a thread ends or fails by itself. One listener serves all models of a thread.
 *
 * @returns what ends the watch
 */
export function onDeath(thread: Thread, callback: DeathCallback): () => void {
  const callbacks = mourners.get(thread) ?? watch(thread);
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

function watch(thread: Thread): Set<DeathCallback> {
  const callbacks = new Set<DeathCallback>();
  mourners.set(thread, callbacks);
  const died: DeathCallback = (reason, cause) => {
    for (const callback of callbacks) callback(reason, cause);
  };
  const emitter = thread as Partial<{
    on(type: string, listener: (value: unknown) => void): void;
    addEventListener(type: string, listener: (event: { readonly message?: string }) => void): void;
  }>;
  if (typeof emitter.on === "function") {
    emitter.on("error", (error) => died(error instanceof Error ? error.message : String(error), error));
    emitter.on("exit", (code) => died(`it exited with code ${String(code)}`));
  } else {
    emitter.addEventListener?.("error", ({ message }) => died(message ?? "its script could not be run"));
    emitter.addEventListener?.("messageerror", () => died("a message could not be read"));
  }
  return callbacks;
}
