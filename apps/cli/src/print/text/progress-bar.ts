import type { BatchProgress } from "@xdeep/batch";
import { type Progress, printable } from "@xdeep/core";
import cliProgress from "cli-progress";

import type { TextOutput } from "../../io.ts";
import { formatDuration } from "./format-number.ts";

/** Shows how far something is. */
export interface ProgressBar<P extends Progress = Progress> {
  update(progress: P): void;
  stop(): void;
}

/** A bar for one method on one input, on a terminal; nothing elsewhere. It is gone when it stops. */
export function startProgressBar(output: TextOutput, title: string): ProgressBar {
  const bar = createBar(output, `${printable(title)} [{bar}] {value}/{total} runs, {eta_formatted} left`, () => ({}));
  bar.update({ done: 0, total: 1 });
  return bar;
}

/** Milliseconds between lines in a log. */
const LINE_EVERY = 30_000;

/**
 * How far many rows are, with how long it will take as far as can be told: on a terminal a bar that shows from the first update on, elsewhere a line now
 * and then, for those who look into a log.
 */
export function startBatchBar(output: TextOutput, done = "explained"): ProgressBar<Progress & Partial<BatchProgress>> {
  if (output.isTTY === true) return createBar(output, `[{bar}] {value}/{total} ${done}{rest}`, (progress) => ({ rest: describeRest(progress) }));
  let next = performance.now() + LINE_EVERY;
  return {
    update(progress) {
      if (performance.now() < next) return;
      next = performance.now() + LINE_EVERY;
      output.write(`${progress.done}/${progress.total} ${done}${describeRest(progress)}\n`);
    },
    stop: () => undefined,
  };
}

function describeRest({ failed = 0, estimate = null }: Partial<BatchProgress>): string {
  const pace = estimate === null ? "" : `, ${Number(estimate.rowsPerSecond.toPrecision(2))}/s, ${describeLeft(estimate)}`;
  return `${failed === 0 ? "" : `, ${failed} failed`}${pace}`;
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
