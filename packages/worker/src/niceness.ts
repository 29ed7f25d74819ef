import { demandOption, nodeModule } from "@xdeep/core/backend";

import { nodeWorkerThreads } from "./thread.ts";

/** As much as the command `nice` gives. */
export const DEFAULT_NICENESS = 10;

/** @throws {XDeepError} OPTION_INVALID unless it is an integer from 0 to 19 */
export function checkNiceness(niceness: number): number {
  demandOption(Number.isInteger(niceness) && niceness >= 0 && niceness <= 19, "inWorker", "niceness", niceness, "an integer from 0 to 19");
  return niceness;
}

/**
 * Lets this worker, and the threads that an engine starts from it, stand back where cores are wanting: whatever wakes runs first. On Linux, where
 * each thread has a niceness of its own; elsewhere it would be the whole process that stands back.
 */
export function standBack(niceness: number): void {
  const os = nodeModule("node:os") as typeof import("node:os") | null;
  if (os?.platform() !== "linux" || nodeWorkerThreads()?.isMainThread !== false) return;
  if (os.getPriority() < niceness) os.setPriority(niceness);
}
