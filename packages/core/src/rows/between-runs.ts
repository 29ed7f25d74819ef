/**
 * To be awaited between two engine runs of a long method: lets timers, events and drawing through, because an engine may block the thread
 * while it runs, then rejects with the signal's own reason if it was aborted meanwhile.
 */
export async function betweenRuns(signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await nextTask();
  signal?.throwIfAborted();
}

/** Milliseconds after which a computation gives way: with the piece that it ends, servers and pages wait a few. */
const TURN = 1;

/**
 * For a computation in JavaScript between engine runs: what it returns is to be awaited after every piece, and gives way as `betweenRuns` does where this
 * computation has kept the thread for more than a moment.
 */
export function pauses(signal?: AbortSignal): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < TURN) return;
    await betweenRuns(signal);
    last = performance.now();
  };
}

/** Runs something for each of a list, one after the other. */
export async function runEach<T, R>(items: readonly T[], signal: AbortSignal | undefined, run: (item: T, index: number) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const [index, item] of items.entries()) {
    if (index > 0) await betweenRuns(signal);
    results.push(await run(item, index));
  }
  return results;
}

/** A message is delivered at once, where browsers delay a timer by four milliseconds. */
function nextTask(): Promise<void> {
  if (typeof setImmediate === "function") return new Promise((resolve) => void setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    (port1 as unknown as EventTarget).addEventListener("message", () => {
      port1.close();
      resolve();
    });
    (port1 as unknown as { start(): void }).start();
    port2.postMessage(null);
  });
}
