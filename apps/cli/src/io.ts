import { printableLines } from "@xdeep/core";

/** Where the command writes text. */
export interface TextOutput {
  write(text: string): unknown;
  /** A person is watching. */
  readonly isTTY?: boolean | undefined;
}

/** What the command has of its surroundings, so that a test can stand in for a terminal. */
export interface Io {
  /** Results: text for people, or the one JSON document of `--json`. */
  readonly stdout: TextOutput;
  /** Notes, warnings, errors, and the progress bar where it is a terminal. */
  readonly stderr: TextOutput;
  /** Where a progress bar may be drawn, with the control characters that it takes; the same place as stderr. */
  readonly terminal?: TextOutput | undefined;
  /** The arguments of the command, as they were given. */
  readonly argv?: readonly string[] | undefined;
  /** Aborted by Ctrl-C, or where stdout takes no more. */
  readonly signal?: AbortSignal | undefined;
}

/** The same place, to which nothing is written that a terminal would obey: names in files are chosen by others. */
export function printableOutput(output: TextOutput): TextOutput {
  return { isTTY: output.isTTY, write: (text) => output.write(printableLines(text)) };
}

/** Says what the work waits for, below a progress bar where there is one. */
export function noteTo({ stderr }: Io): (text: string) => void {
  return (text) => void stderr.write(`${stderr.isTTY === true ? "\n" : ""}note: ${text}\n`);
}
