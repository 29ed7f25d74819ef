import { XDeepError, isXDeepError } from "@xdeep/core";

/** The XDeepError that a promise rejects with. Any other end is a test failure. */
export async function failure(promise: Promise<unknown>): Promise<XDeepError> {
  try {
    await promise;
  } catch (error) {
    if (isXDeepError(error)) return error;
    throw error;
  }
  throw new Error("Expected a rejection, but the promise was fulfilled.");
}
