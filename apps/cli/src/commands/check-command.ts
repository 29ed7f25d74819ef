import { basename } from "node:path";

import { inspectModel } from "@xdeep/autodiff";
import { checkPortable } from "@xdeep/export";
import { loadModelFile } from "@xdeep/onnx";
import { Command, Option } from "commander";

import { EXIT, type ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { checkLoaded } from "../models/check-loaded.ts";
import { BACKENDS, ENGINES } from "../models/load-any-model.ts";
import type { LoadFlags } from "../models/model-loader.ts";
import { tfjsLoader } from "../models/tfjs-loader.ts";
import { describeCheck } from "../print/print-check.ts";
import { describeFindings } from "../print/print-export.ts";
import { describeLoadedCheck } from "../print/print-loaded-check.ts";
import { UsageError } from "../usage-error.ts";
import { collectLimits, collectOptions } from "./parse-flag.ts";
import { refuseRepeated } from "./refuse-repeated.ts";

interface CheckFlags extends Pick<LoadFlags, "engine" | "limit" | "backend" | "backendOption"> {
  readonly values?: boolean;
  readonly portable?: boolean;
  readonly json?: boolean;
}

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
    .option("--json", "print one JSON document on stdout, and nothing else")
    .addOption(new Option("--engine <name>", "for models that are tried (default: wasm)").choices(ENGINES))
    .option("--limit <name=n>", "ONNX: how much a model file may ask for, as the error about it says; several times", collectLimits)
    .option("--backend <name>", `${BACKENDS.join(", ")}, or a package of others (default: by the kind of file)`)
    .option("--backend-option <name=value>", "an option of a backend of others; several times", collectOptions)
    .addHelpText(
      "after",
      "\nExit codes: 0 something can be explained, or every rule is kept; 1 nothing can, a rule is broken, or the file is no model;\n2 the command line cannot be understood.\n",
    )
    .action(async (path: string, { values = false, portable = false, json = false, ...flags }: CheckFlags) => {
      const isOnnx = flags.backend === undefined ? !tfjsLoader.accepts(path) : flags.backend === "onnxruntime";
      if (portable && !isOnnx) throw new UsageError("--portable is for ONNX files.");
      const { document, text, isFine } = portable ? await checkPlaces(path) : isOnnx ? await checkOnnx(path, flags, values) : await checkOther(path, flags);
      io.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : text);
      if (!isFine) finish(EXIT.failure);
    });
  refuseRepeated(command);
  return command;
}

interface Checked {
  readonly document: object;
  readonly text: string;
  /** It can be explained, or keeps every rule. */
  readonly isFine: boolean;
}

async function checkOnnx(path: string, { limit }: CheckFlags, values: boolean): Promise<Checked> {
  const { model } = await loadModelFile(path);
  const check = inspectModel(model, { limits: limit });
  const file = basename(path);
  return { document: { file, ...check }, text: describeCheck(check, file, values), isFine: check.explainable };
}

async function checkPlaces(path: string): Promise<Checked> {
  const { bytes } = await loadModelFile(path);
  const findings = checkPortable(bytes);
  const file = basename(path);
  return { document: { file, findings }, text: describeFindings(file, findings), isFine: findings.every(({ severity }) => severity !== "error") };
}

async function checkOther(path: string, flags: CheckFlags): Promise<Checked> {
  const check = await checkLoaded(path, { ...flags, gpu: false });
  return { document: check, text: describeLoadedCheck(check), isFine: check.explainable };
}
