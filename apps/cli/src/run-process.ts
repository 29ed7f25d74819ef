import process from "node:process";

import { EXIT } from "./exit-code.ts";
import { fileProblem } from "./inputs/file-error.ts";
import { main } from "./main.ts";
import { errorLine, describeError } from "./report-error.ts";

/** Runs the command with this process's arguments and streams, and sets its exit code. Ctrl-C aborts; a second one ends the process at once. */
export async function runProcess(): Promise<void> {
  // Engines and packages of others may print, but stdout is for results: with --json it holds one document.
  console.log = console.error;
  console.info = console.error;
  console.debug = console.error;
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.once("SIGINT", abort);
  process.once("SIGTERM", abort);
  process.stdout.on("error", stopWhenUnwritable(controller));
  // There is no other place to say it.
  process.stderr.on("error", () => undefined);
  try {
    // An error of stdout may come before or after the end of the run, and counts either way.
    const code = await main(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr, signal: controller.signal });
    process.exitCode ??= code;
  } finally {
    process.removeListener("SIGINT", abort);
    process.removeListener("SIGTERM", abort);
  }
}

/** Says once that stdout takes no more, a full disk or a reader that has seen enough, and ends the run: what it finds would not be told. */
function stopWhenUnwritable(controller: AbortController): (cause: unknown) => void {
  let isSaid = false;
  return (cause) => {
    if (isSaid) return;
    isSaid = true;
    process.exitCode = EXIT.failure;
    const problem = fileProblem("The output cannot be written", cause);
    process.stderr.write(`error: ${errorLine(describeError(problem))}\n`);
    controller.abort(problem);
  };
}
