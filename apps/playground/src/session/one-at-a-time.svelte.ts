import { isXDeepError } from "@xdeep/core";

import { inPageWords } from "../in-page-words.ts";

export interface Problem {
  readonly message: string;
  readonly code: string | null;
}

export interface OneAtATimeOptions {
  /** What the page adds to what went wrong; "" where it knows nothing. */
  readonly hint: (error: unknown) => string;
  /** Nothing goes on any more. */
  readonly onIdle: () => void;
}

/** Does one thing at a time: the next one ends what goes on, and what fails is said on the page. */
export class OneAtATime {
  /** What goes on; null when nothing does. */
  busy: string | null = $state(null);
  problem: Problem | null = $state.raw(null);
  /** What is said of what was done last; "" where there is nothing to say. */
  note = $state("");
  readonly #options: OneAtATimeOptions;
  #running: AbortController | null = null;

  constructor(options: OneAtATimeOptions) {
    this.#options = options;
  }

  async do(what: string, act: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.busy = what;
    this.problem = null;
    this.note = "";
    try {
      await act(running.signal);
    } catch (error) {
      if (!running.signal.aborted) this.problem = { message: inPageWords(error) + this.#options.hint(error), code: isXDeepError(error) ? error.code : null };
    } finally {
      if (this.#running === running) {
        this.#running = null;
        this.busy = null;
        this.#options.onIdle();
      }
    }
  }

  cancel(): void {
    this.#running?.abort();
  }
}
