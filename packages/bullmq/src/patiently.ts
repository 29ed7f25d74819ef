import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between looks: as many as make looking cheap, where a folder is large or far away. */
const LEAST_PAUSE = 100;
const MOST_PAUSE = 10_000;
/** Of the time of a look. */
const PAUSES = 20;

/** Looks again and again until there is what is looked for. @throws the signal's reason, and what looking throws */
export async function patiently(signal: AbortSignal | undefined, look: () => Promise<boolean> | boolean): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const started = performance.now();
    if (await look()) return;
    const pause = Math.min(MOST_PAUSE, Math.max(LEAST_PAUSE, PAUSES * (performance.now() - started)));
    await sleep(pause, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

/** Waits for what may never end, as where Redis is away. */
export async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work.catch(() => undefined), sleep(milliseconds, undefined, { ref: false })]);
}
