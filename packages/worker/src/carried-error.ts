import { XDeepError, type XDeepErrorCode, isXDeepError } from "@xdeep/core";

/** An error as it travels between threads: the code and details of an XDeepError, which cloning would lose. */
export interface CarriedError {
  readonly kind: "xdeep" | "type" | "other";
  readonly code?: XDeepErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly stack?: string | undefined;
}

export function packError(error: unknown): CarriedError {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (isXDeepError(error)) return { kind: "xdeep", code: error.code, message, details: cloneable(error.details), stack };
  return { kind: error instanceof TypeError ? "type" : "other", message, stack };
}

/** The error again. What was no error of ours in the worker is the engine's or the loader's: ENGINE_FAILED. */
export function unpackError({ kind, code, message, details = {}, stack }: CarriedError): Error {
  const cause = Object.assign(new Error(message), { stack });
  if (kind === "xdeep") return new XDeepError(code!, message, { details, cause });
  if (kind === "type") return new TypeError(message, { cause });
  return new XDeepError("ENGINE_FAILED", `The worker failed: ${message}`, { cause });
}

/** Details are plain data by contract; whatever is not stays behind rather than lose the error. */
function cloneable(details: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    return structuredClone(details);
  } catch {
    return {};
  }
}
