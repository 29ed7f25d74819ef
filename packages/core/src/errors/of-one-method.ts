import { type XDeepError, type XDeepErrorCode, isXDeepError } from "./error.ts";

/** What a method cannot do with this network or this input, where another method may. */
const OF_ONE_METHOD: ReadonlySet<XDeepErrorCode> = new Set([
  "BATCH_INVALID",
  "CAPABILITY_MISSING",
  "ENGINE_FAILED",
  "GRADIENT_MISSING",
  "MODEL_UNSUPPORTED",
  "NOISE_INVALID",
  "RESULT_NOT_FINITE",
]);

/**
 * True for an error that ends one method and not those beside it: LRP meets an operator without a rule, the network has no layer for a map, a constant picture has no
 * range for noise. False for what the caller got wrong, such as an option or the name of a layer, and for what no method could do, such as an input of other dims.
 */
export function isOfOneMethod(error: unknown): error is XDeepError {
  if (!isXDeepError(error)) return false;
  // A value that was named and is not there is the caller's; that the network has nothing to offer is not.
  if (error.code === "WRT_UNKNOWN") return error.details["wrt"] === undefined && error.details["layer"] === undefined;
  return OF_ONE_METHOD.has(error.code);
}
