import { type Progress, printable } from "@xdeep/core";
import cliProgress from "cli-progress";

import type { TextOutput } from "../io.ts";

/** Shows how far a method is, on a terminal; nothing elsewhere. */
export interface ProgressBar {
  update(progress: Progress): void;
  stop(): void;
}

/** A bar for one method on one input. It is gone when it stops. */
export function startProgressBar(output: TextOutput, title: string): ProgressBar {
  if (output.isTTY !== true) return { update: () => undefined, stop: () => undefined };
  const bar = new cliProgress.SingleBar(
    {
      format: `${printable(title)} [{bar}] {value}/{total} runs, {eta_formatted} left`,
      stream: output as NodeJS.WritableStream,
      clearOnComplete: true,
      stopOnComplete: false,
      hideCursor: true,
    },
    cliProgress.Presets.legacy,
  );
  bar.start(1, 0);
  return {
    update: ({ done, total }) => {
      bar.setTotal(total);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
