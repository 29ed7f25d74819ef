import { Command, Option } from "commander";

import { EXIT, type ExitCode } from "../exit-code.ts";
import type { CheckFlags } from "../check/check-model.ts";
import type { Io } from "../io.ts";
import { BACKENDS, ENGINES } from "../models/load-any-model.ts";
import { collectDims, collectLimits, collectOptions } from "./parse-flag.ts";
import { refuseRepeated } from "./refuse-repeated.ts";

/** `xdeep check`: what can be explained in a model. ONNX files are read and nothing runs; other models are loaded, which tries them. */
export function checkCommand(io: Io, finish: (code: ExitCode) => void): Command {
  const command = new Command("check")
    .summary("say whether a model can be explained")
    .description(
      "Says what can be explained in a model. Of an ONNX file its inputs and outputs, the gradient rule of every operator, and its rectifiers: nothing runs. Other models are loaded and tried on one row.",
    )
    .argument("<model>", "an ONNX file, or the model.json of TensorFlow.js")
    .option("--values", "ONNX: list the inner values that --wrt and --output take")
    .option("--portable", "ONNX: say what keeps the file from running in Spark, Triton, Beam, databases and browsers")
    .option("--input-dims <name=dims>", "ONNX: dims of an input that the file leaves open, such as audio=1,576; several times", collectDims)
    .option("--json", "print one JSON document on stdout, and nothing else")
    .addOption(new Option("--engine <name>", "for models that are tried (default: wasm)").choices(ENGINES))
    .option("--limit <name=n>", "ONNX: how much a model file may ask for, as the error about it says; several times", collectLimits)
    .option("--backend <name>", `${BACKENDS.join(", ")}, or a package of others (default: by the kind of file)`)
    .option("--backend-option <name=value>", "an option of a backend of others; several times", collectOptions)
    .addHelpText(
      "after",
      "\nExit codes: 0 something can be explained, or every rule is kept; 1 nothing can, a rule is broken, or the file is no model;\n2 the command line cannot be understood.\n",
    )
    .action(async (path: string, { json = false, ...flags }: CheckFlags & { readonly json?: boolean }) => {
      const { checkModel } = await import("../check/check-model.ts");
      const { document, text, isFine } = await checkModel(path, flags);
      io.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : text);
      if (!isFine) finish(EXIT.failure);
    });
  refuseRepeated(command);
  return command;
}
