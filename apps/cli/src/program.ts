import { Command } from "commander";

import { mergeCommand, statusCommand, workCommand } from "./commands/batch-commands.ts";
import { checkCommand } from "./commands/check-command.ts";
import type { ExitCode } from "./exit-code.ts";
import { evaluateCommand } from "./commands/evaluate-command.ts";
import { explainCommand } from "./commands/explain-command.ts";
import { exportCommand } from "./commands/export-command.ts";
import { PROGRAM_HELP } from "./commands/help-text.ts";
import type { Io } from "./io.ts";
import { serveCommand } from "./commands/serve-command.ts";
import { VERSION } from "./version.ts";

/** The command line of `xdeep`. It writes to `io` alone, and throws where it would end the process. */
export function createProgram(io: Io, finish: (code: ExitCode) => void): Command {
  const program = new Command("xdeep")
    .description("Explains what a neural network looked at: gradients of a score with respect to the input, for ONNX and TensorFlow.js models.")
    .version(VERSION, "-V, --version")
    .option("--debug", "print the stack of an error")
    .addHelpText("after", PROGRAM_HELP);
  const finishing = [explainCommand(io, finish), evaluateCommand(io, finish), checkCommand(io, finish)];
  for (const command of [...finishing, exportCommand(io), statusCommand(io), mergeCommand(io), workCommand(io), serveCommand(io)]) program.addCommand(command);
  for (const command of [program, ...program.commands]) prepare(command, io);
  return program;
}

function prepare(command: Command, { stdout, stderr }: Io): void {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError(`(${command.name() === "xdeep" ? "xdeep" : `xdeep ${command.name()}`} --help shows everything)`)
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) });
}
