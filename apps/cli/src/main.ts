import { CommanderError } from "commander";

import { EXIT, type ExitCode } from "./exit-code.ts";
import { isSystemError } from "./inputs/file-error.ts";
import { type Io, printableOutput } from "./io.ts";
import { createProgram } from "./program.ts";
import { reportError } from "./report-error.ts";
import { UsageError } from "./usage-error.ts";

/**
 * The command `xdeep`, run with these arguments (without those of Node). Never throws: returns 0, 1 when the model or the data fail, 2 when the
 * command line cannot be understood, 130 when the signal was aborted.
 */
export async function main(argv: readonly string[], given: Io): Promise<ExitCode> {
  const io: Io = { ...given, argv, stdout: printableOutput(given.stdout), stderr: printableOutput(given.stderr), terminal: given.stderr };
  let code: ExitCode = EXIT.ok;
  const program = createProgram(io, (value) => {
    code = value;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof UsageError) {
      io.stderr.write(`error: ${error.message}\n`);
      return EXIT.usage;
    }
    // Whoever aborts because stdout takes no more has said so.
    if (isSystemError(io.signal?.reason)) return EXIT.failure;
    const { debug = false } = program.opts<{ debug?: boolean }>();
    const json = program.commands.some((command) => command.opts<{ json?: boolean }>().json === true);
    return reportError(error, io, { debug, json });
  }
}
