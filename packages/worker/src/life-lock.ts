import type { Thread } from "./thread.ts";

/** Web Locks (https://www.w3.org/TR/web-locks/): pages over HTTPS and workers have them. */
interface Locks {
  request(name: string, callback: () => Promise<unknown> | void): Promise<unknown>;
  request(name: string, options: { readonly signal: AbortSignal }, callback: () => void): Promise<unknown>;
}

/**
 * The name of a lock by which a Web Worker's end is seen: one that closes itself, or that the browser kills for its memory, tells nobody, but loses
 * the locks that it holds. Null for threads of Node, which say that they end, and where there are no locks.
 */
export function lifeLockOf(thread: Thread): string | null {
  return thread.on === undefined && locks() !== null ? `xdeep-worker-${globalThis.crypto.randomUUID()}` : null;
}

/** In the worker: takes the lock, and keeps it for as long as the worker lives. */
export function holdLifeLock(name: string): Promise<void> {
  const available = locks();
  if (available === null) return Promise.reject(new Error("there are no locks"));
  return new Promise((held, failed) => {
    available.request(name, () => (held(), new Promise(() => undefined))).catch(failed);
  });
}

/**
 * Calls back when whoever holds the lock is gone.
 *
 * @returns what ends the watch
 */
export function onRelease(name: string, callback: () => void): () => void {
  const watch = new AbortController();
  locks()
    ?.request(name, { signal: watch.signal }, callback)
    .catch(() => undefined);
  return () => watch.abort();
}

function locks(): Locks | null {
  return (globalThis as { readonly navigator?: { readonly locks?: Locks } }).navigator?.locks ?? null;
}
