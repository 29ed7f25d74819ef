import { type ErrorRecord, describeError, errorLine } from "../report-error.ts";
import type { Io } from "../io.ts";
import { wrapLines } from "../print/text/wrap-lines.ts";
import type { ExplanationRecord } from "./explanation.ts";

/** What could not be explained. */
export interface Failure {
  /** As they were given on the command line; the input is null where the model failed. */
  readonly model: string;
  readonly input: string | null;
  /** Where one method failed, and the others beside it did not. */
  readonly method?: string;
  readonly error: ErrorRecord;
}

/** What failed, in words. */
export function subjectOf({ model, input, method }: Omit<Failure, "error">): string {
  return `${input ?? model}${method === undefined ? "" : `, ${method}`}`;
}

/** Tells what a run finds, as text while it goes on or as one JSON document at its end. */
export interface Report {
  /** Text for people; `--json` keeps stdout for the document. */
  say(text: string): void;
  /** What a user should know before he trusts an explanation: on stderr, each text once. */
  warn(warnings: readonly string[]): void;
  /** A model, an input or a method that failed while others go on. */
  failed(failure: Omit<Failure, "error"> & { readonly error: unknown }): void;
  /** One input by one model, with a record for each method. */
  explained(records: readonly ExplanationRecord[]): void;
  wrote(sheet: string): void;
  /** The page of `--report`. */
  wrotePage(page: string): void;
  /** What was told so far. */
  readonly told: { readonly warnings: readonly string[]; readonly failures: readonly Failure[]; readonly explained: number };
  /** Prints the document, or how many there were where some failed, and returns how many failed. */
  finish(run: { readonly out: string; readonly inputs: number }): number;
}

/** @param json collect everything for the document, instead of text */
export function createReport({ stdout, stderr }: Io, json: boolean): Report {
  // For a person, lines break between words; for a program, one message is one line.
  const tell = (head: string, text: string): void => void stderr.write(`${stderr.isTTY === true ? wrapLines(text, head) : head + text}\n`);
  const warnings = new Set<string>();
  const failures: Failure[] = [];
  const explanations: ExplanationRecord[] = [];
  const sheets: string[] = [];
  let page: string | null = null;
  let done = 0;
  return {
    say(text) {
      if (!json) stdout.write(text);
    },
    warn(texts) {
      for (const text of texts) {
        if (!warnings.has(text)) tell("warning: ", text);
        warnings.add(text);
      }
    },
    failed({ error, ...what }) {
      const failure = { ...what, error: describeError(error) };
      failures.push(failure);
      const subject = subjectOf(failure);
      const prefix = failure.error.message.includes(subject) ? "" : `${subject}: `;
      tell("error: ", `${prefix}${errorLine(failure.error)}`);
    },
    explained(records) {
      done += 1;
      if (json) explanations.push(...records);
    },
    wrote(sheet) {
      sheets.push(sheet);
      if (!json) stdout.write(`\nwritten ${sheet}\n`);
    },
    wrotePage(path) {
      page = path;
      if (!json) stdout.write(`\nwritten ${path}\n`);
    },
    get told() {
      return { warnings: [...warnings], failures, explained: done };
    },
    finish({ out, inputs }) {
      if (!json && failures.length > 0 && inputs > 1) stdout.write(`\n${done} of ${inputs} inputs explained\n`);
      if (json) stdout.write(`${JSON.stringify({ out, sheets, report: page, explanations, failures, warnings: [...warnings] }, null, 2)}\n`);
      return failures.length;
    },
  };
}
