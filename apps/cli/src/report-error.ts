import { isXDeepError } from "@xdeep/core";

import { inCliWords } from "./cli-words.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { isSystemError } from "./inputs/file-error.ts";
import type { Io } from "./io.ts";

export interface ReportErrorOptions {
  /** Print the stack and the causes. */
  readonly debug: boolean;
  /** Print the error as the JSON document on stdout too. */
  readonly json: boolean;
}

/** An error as plain data. */
export interface ErrorRecord {
  readonly code: string | null;
  readonly message: string;
  readonly details: unknown;
}

/** Tells what went wrong, without a stack unless that was asked for, and returns the exit code. */
export function reportError(error: unknown, { stdout, stderr, signal }: Io, { debug, json }: ReportErrorOptions): ExitCode {
  if (signal?.aborted) {
    stderr.write("Interrupted.\n");
    return EXIT.interrupted;
  }
  const record = describeError(error);
  stderr.write(`error: ${errorLine(record)}\n`);
  if (debug) stderr.write(`${stackOf(error)}\n`);
  if (json) stdout.write(`${JSON.stringify({ error: record }, null, 2)}\n`);
  return EXIT.failure;
}

/** What an error says, in the words of the command line. */
export function describeError(error: unknown): ErrorRecord {
  if (isXDeepError(error)) return { code: error.code, message: inCliWords(error), details: error.details };
  if (isSystemError(error)) return { code: error.code, message: error.message, details: { path: error.path ?? null } };
  const message = error instanceof Error ? error.message : String(error);
  return { code: null, message: `${message} (unexpected: run again with --debug, and report what it prints)`, details: {} };
}

/** Message and code. */
export function errorLine({ code, message }: ErrorRecord): string {
  return `${message}${code === null ? "" : ` [${code}]`}`;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const cause = error.cause === undefined ? "" : `\ncaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
