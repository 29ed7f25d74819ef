import { XDeepError, isXDeepError } from "@xdeep/core";

/** What every call meets whose thread is gone. */
export function workerEnded(reason: string, cause?: unknown): XDeepError {
  const message = `The worker that runs the model has ended: ${reason}. Load the model again.`;
  return new XDeepError("ENGINE_FAILED", message, { details: { worker: "ended", reason }, cause });
}

/** Whether an error says that the thread of a model is gone, and the model with it. */
export function isWorkerEnded(error: unknown): boolean {
  return isXDeepError(error, "ENGINE_FAILED") && error.details["worker"] === "ended";
}
