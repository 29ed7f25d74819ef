/**
 * To be awaited between two engine runs of a long method: lets timers and events through, because an engine may block the thread while it
 * runs and an abort could otherwise never arrive, then rejects with the signal's own reason if it was aborted.
 */
export async function betweenRuns(signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return;
  signal.throwIfAborted();
  await new Promise<void>((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
  signal.throwIfAborted();
}
