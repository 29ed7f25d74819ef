import { type XDeepErrorCode, isXDeepError } from "@xdeep/core";

/** What says something about one input alone. Any other error would meet every input of the run, and ends it. */
const OF_ONE_INPUT: ReadonlySet<XDeepErrorCode> = new Set([
  "BATCH_INVALID",
  "ENGINE_FAILED",
  "IMAGE_INVALID",
  "INPUT_MISSING",
  "INPUT_NOT_FINITE",
  "INPUT_SHAPE",
  "INPUT_TYPE",
  "NOISE_INVALID",
  "RESULT_NOT_FINITE",
]);

/** True for errors that end one input and not the run. */
export function isOfOneInput(error: unknown): boolean {
  return isXDeepError(error) && OF_ONE_INPUT.has(error.code);
}
