import type { BatchProgress } from "@xdeep/batch";
import { type Progress, printable } from "@xdeep/core";
import cliProgress from "cli-progress";

import type { TextOutput } from "../../io.ts";
import { formatDuration } from "./format-number.ts";

/** Shows how far a method is, on a terminal; nothing elsewhere. */
export interface ProgressBar<P extends Progress = Progress> {
  update(progress: P): void;
  stop(): void;
}

/** A bar for one method on one input. It is gone when it stops. */
export function startProgressBar(output: TextOutput, title: string): ProgressBar {
  const bar = createBar(output, `${printable(title)} [{bar}] {value}/{total} runs, {eta_formatted} left`, () => ({}));
  bar.update({ done: 0, total: 1 });
  return bar;
}

/** A bar for many rows, with how long it will take as far as can be told. It shows from the first update on. */
export function startBatchBar(output: TextOutput, done = "explained"): ProgressBar<Progress & Partial<BatchProgress>> {
  return createBar(output, `[{bar}] {value}/{total} ${done}{rest}`, ({ failed = 0, estimate = null }) => ({
    rest: `${failed === 0 ? "" : `, ${failed} failed`}${estimate === null ? "" : `, ${Number(estimate.rowsPerSecond.toPrecision(2))}/s, ${describeLeft(estimate)}`}`,
  }));
}

function describeLeft({ secondsLeft, between: [fastest, slowest] }: NonNullable<BatchProgress["estimate"]>): string {
  const left = formatDuration(secondsLeft);
  const [least, most] = [fastest, slowest].map(formatDuration);
  return !Number.isFinite(slowest) || (least === left && most === left) ? `about ${left} left` : `${left} left (${least} to ${most})`;
}

function createBar<P extends Progress>(output: TextOutput, format: string, payload: (progress: P) => object): ProgressBar<P> {
  if (output.isTTY !== true) return { update: () => undefined, stop: () => undefined };
  const bar = new cliProgress.SingleBar(
    { format, stream: output as NodeJS.WritableStream, clearOnComplete: true, stopOnComplete: false, hideCursor: true },
    cliProgress.Presets.legacy,
  );
  return {
    update: (progress) => {
      const { done, total } = progress;
      if (!bar.isActive) bar.start(total, done, payload(progress));
      bar.setTotal(total);
      bar.update(done, payload(progress));
    },
    stop: () => bar.stop(),
  };
}
