/**
 * To be awaited between two engine runs of a long method: lets timers, events and drawing through, because an engine may block the thread
 * while it runs, then rejects with the signal's own reason if it was aborted meanwhile.
 */
export async function betweenRuns(signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const asked = performance.now();
  await nextTask();
  const now = performance.now();
  // Whoever asked before the loop last turned, goes on in the same turn.
  if (asked > turnedAt || turnedAt > now) turnedAt = now;
  signal?.throwIfAborted();
}

/** When the event loop last turned, as far as any computation knows. */
let turnedAt = 0;

/** Gives way to the event loop where it is time. */
export type Pause = () => Promise<void>;

/** Milliseconds after which a computation gives way: with the piece that it ends, servers and pages wait a few. */
const TURN = 1;

/** Elements of a loop between two pauses: microseconds, and about a millisecond where the loop is not compiled yet. */
const PIECE = 2 ** 13;

/**
 * For a computation in JavaScript between engine runs: what it returns is to be awaited after every piece, and gives way as `betweenRuns` does where it is more than a
 * moment ago that any computation did. So several that go on at the same time keep the thread no longer than one.
 */
export function pauses(signal?: AbortSignal): Pause {
  return async () => {
    if (Math.abs(performance.now() - turnedAt) >= TURN) await betweenRuns(signal);
  };
}

/**
 * Runs a loop over `length` elements piece by piece, from `start` (included) to `end` (excluded), with a pause after each.
 *
 * @param cost how many numbers the loop reads for each element
 */
export async function inPieces(length: number, pause: Pause, loop: (start: number, end: number) => void, cost = 1): Promise<void> {
  const piece = Math.max(1, Math.floor(PIECE / cost));
  for (let start = 0; start < length; start += piece) {
    loop(start, Math.min(length, start + piece));
    await pause();
  }
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
