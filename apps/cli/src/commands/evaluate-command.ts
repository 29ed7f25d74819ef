import { Command, Option } from "commander";

import type { ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import type { EvaluateFlags } from "./evaluate-flags.ts";
import { EVALUATE_HELP } from "./help-text.ts";
import { COMPUTED_DEFAULTS, addMethodOptions, addScoreOptions } from "./method-options.ts";
import { addInputOptions, addRunOptions } from "./option-groups.ts";
import { splitList } from "./parse-flag.ts";
import { refuseRepeated } from "./refuse-repeated.ts";

/** Not given to commander as defaults: its help would print them. */
const SWITCHED_OFF = { json: false, gpu: false } as const;
const DEFAULT_METRICS = ["deletion", "insertion"];

/** `xdeep evaluate`: how good the explanations of methods are, by measures. */
export function evaluateCommand(io: Io, finish: (code: ExitCode) => void): Command {
  const command = new Command("evaluate")
    .summary("measure how good explanations are")
    .description("Measures the explanations of methods on the same inputs: a table, which method is best and how sure that is, and curves.")
    .argument("<model>", "an ONNX file, or the model.json of TensorFlow.js")
    .argument("<inputs...>", "pictures, .npy or .json files with the numbers of an input, or .txt files; folders; globs in quotes")
    .addHelpText("after", EVALUATE_HELP)
    .optionsGroup("Measures:")
    .addOption(
      new Option("--metric <list>", "measures with commas between, see below").argParser(splitList).default(DEFAULT_METRICS, DEFAULT_METRICS.join(",")),
    );
  addMethodOptions(command, COMPUTED_DEFAULTS);
  addScoreOptions(command);
  addInputOptions(command);
  addRunOptions(command, "evaluation");
  refuseRepeated(command);
  return command.action(async (model: string, inputs: string[], flags: EvaluateFlags) => {
    const { evaluateModel } = await import("../evaluate/evaluate-model.ts");
    finish(await evaluateModel(model, inputs, { ...SWITCHED_OFF, ...flags }, io));
  });
}
