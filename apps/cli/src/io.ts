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
  /** Aborted by Ctrl-C. */
  readonly signal?: AbortSignal | undefined;
}
