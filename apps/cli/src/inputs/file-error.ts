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
  return new XDeepError(code, `The ${what} "${path}" cannot be read: ${reasonOf(cause)}.`, { details: { path }, cause });
}

/** An error of the file system in words for people. `what` is the first half of the sentence; anything else stays as it is. */
export function fileProblem(what: string, cause: unknown): unknown {
  if (!isSystemError(cause)) return cause;
  const { code, syscall, path } = cause as SystemError & { readonly syscall: string };
  return Object.assign(new Error(`${what}: ${reasonOf(cause)}.`, { cause }), { code, syscall, ...(path === undefined ? {} : { path }) });
}

function reasonOf(cause: unknown): string {
  return isSystemError(cause) ? (REASONS[cause.code] ?? cause.code) : String(cause);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "there is no such file or folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOSPC: "the disk is full",
  EPIPE: "whoever reads it has closed it",
};
