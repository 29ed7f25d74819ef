import { basename } from "node:path";

import { XDeepError } from "@xdeep/core";
import { inspectModel } from "@xdeep/autodiff";
import { loadModelFile } from "@xdeep/onnx";
import { Command } from "commander";

import { EXIT, type ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { describeCheck } from "../print/print-check.ts";
import { tfjsLoader } from "../models/tfjs-loader.ts";

interface CheckFlags {
  readonly values?: boolean;
  readonly json?: boolean;
}

/** `xdeep check`: what can be explained in a model. It reads the file, and needs no engine. */
export function checkCommand(io: Io, finish: (code: ExitCode) => void): Command {
  return new Command("check")
    .summary("say whether a model can be explained")
    .description("Says what can be explained in an ONNX model: its inputs and outputs, the gradient rule of every operator, and its rectifiers. Runs nothing.")
    .argument("<model>", "an ONNX file")
    .option("--values", "list the inner values that --wrt takes")
    .option("--json", "print one JSON document on stdout, and nothing else")
    .addHelpText("after", "\nExit codes: 0 something can be explained; 1 nothing can, or the file is no model;\n2 the command line cannot be understood.\n")
    .action(async (path: string, { values = false, json = false }: CheckFlags) => {
      const { model } = await loadModelFile(onnxPath(path));
      const check = inspectModel(model);
      io.stdout.write(json ? `${JSON.stringify({ file: basename(path), ...check }, null, 2)}\n` : describeCheck(check, basename(path), values));
      if (!check.explainable) finish(EXIT.failure);
    });
}

function onnxPath(path: string): string {
  if (!tfjsLoader.accepts(path)) return path;
  throw new XDeepError(
    "MODEL_UNSUPPORTED",
    `xdeep check reads ONNX files. Whether a TensorFlow.js model can be explained is found when it is loaded: xdeep explain ${path} INPUT`,
    { details: { path } },
  );
}
