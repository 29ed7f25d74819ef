import { isXDeepError } from "@xdeep/core";
import type { XDeepErrorCode } from "@xdeep/core";

import { ConformanceFailure, demand } from "./failure.ts";

/** Awaits a call that must reject with an XDeepError of one of these codes. */
export async function expectRejection(call: () => Promise<unknown>, codes: XDeepErrorCode | readonly XDeepErrorCode[], what: string): Promise<void> {
  const allowed = typeof codes === "string" ? [codes] : codes;
  const error = await rejectionOf(call, `${what} must reject with ${allowed.join(" or ")}`);
  demand(isXDeepError(error) && allowed.includes(error.code), `${what} must reject with an XDeepError ${allowed.join(" or ")}, got ${describe(error)}.`);
  demand(error.message.length > 0, `${what}: the error ${error.code} needs a message.`);
}

/** Awaits a call that must reject with this very value. */
export async function expectReason(call: () => Promise<unknown>, reason: unknown, what: string): Promise<void> {
  const error = await rejectionOf(call, `${what} must reject with the signal's reason`);
  demand(error === reason, `${what} must reject with the signal's own reason, got ${describe(error)}.`);
}

async function rejectionOf(call: () => Promise<unknown>, expectation: string): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    if (error instanceof ConformanceFailure) throw error;
    return error;
  }
  throw new ConformanceFailure(`${expectation}, but it succeeded.`);
}

/** An error in one line. */
export function describe(error: unknown): string {
  if (isXDeepError(error)) return `${error.code} (${error.message})`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
