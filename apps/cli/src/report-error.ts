import { isXDeepError } from "@xdeep/core";

import { EXIT, type ExitCode } from "./exit-code.ts";
import { isSystemError } from "./inputs/file-error.ts";
import type { Io } from "./io.ts";

export interface ReportErrorOptions {
  /** Print the stack and the causes. */
  readonly debug: boolean;
  /** Print the error as the JSON document on stdout too. */
  readonly json: boolean;
}

/** Tells what went wrong, without a stack unless that was asked for, and returns the exit code. */
export function reportError(error: unknown, { stdout, stderr, signal }: Io, { debug, json }: ReportErrorOptions): ExitCode {
  if (signal?.aborted) {
    stderr.write("Interrupted.\n");
    return EXIT.interrupted;
  }
  const { code, message, details } = describe(error);
  stderr.write(`error: ${message}${code === null ? "" : ` [${code}]`}\n`);
  if (debug) stderr.write(`${stackOf(error)}\n`);
  if (json) stdout.write(`${JSON.stringify({ error: { code, message, details } }, null, 2)}\n`);
  return EXIT.failure;
}

function describe(error: unknown): { readonly code: string | null; readonly message: string; readonly details: unknown } {
  if (isXDeepError(error)) return { code: error.code, message: error.message, details: error.details };
  if (isSystemError(error)) return { code: error.code, message: error.message, details: { path: error.path ?? null } };
  const message = error instanceof Error ? error.message : String(error);
  return { code: null, message: `${message} (unexpected: run again with --debug, and report what it prints)`, details: {} };
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const cause = error.cause === undefined ? "" : `\ncaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
