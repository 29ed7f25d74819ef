import type { ExplainOptions } from "@xdeep/core";

/** Counts runs for `onProgress`. */
export interface RunCount {
  /** More runs are to come than was thought. */
  expect(more: number): void;
  /** One run is over. */
  done(): void;
}

export function countRuns(planned: number, { onProgress }: ExplainOptions): RunCount {
  let done = 0;
  let total = planned;
  return {
    expect: (more) => void (total += more),
    done: () => onProgress?.({ done: ++done, total }),
  };
}
