import process from "node:process";

import { main } from "./main.ts";

/** Runs the command with this process's arguments and streams, and sets its exit code. Ctrl-C aborts; a second one ends the process at once. */
export async function runProcess(): Promise<void> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.once("SIGINT", abort);
  process.stdout.on("error", leaveWhenUnread);
  try {
    process.exitCode = await main(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr, signal: controller.signal });
  } finally {
    process.removeListener("SIGINT", abort);
  }
}

/** A reader that has seen enough closes the pipe: `xdeep … | head`. */
function leaveWhenUnread(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit();
}
