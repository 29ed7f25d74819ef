import { type XDeepErrorCode, XDeepError } from "@xdeep/core";

/** What Node's file system throws. */
export interface SystemError extends Error {
  readonly code: string;
  readonly path?: string;
}

export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string";
}

/** The error for a file that was named on the command line and cannot be read. `what` names it, such as "labels file". */
export function unreadableFile(code: XDeepErrorCode, what: string, path: string, cause: unknown): XDeepError {
  const reason = isSystemError(cause) ? (REASONS[cause.code] ?? cause.code) : String(cause);
  return new XDeepError(code, `The ${what} "${path}" cannot be read: ${reason}.`, { details: { path }, cause });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
};
