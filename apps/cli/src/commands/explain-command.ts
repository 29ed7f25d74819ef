import { Command, Option } from "commander";

import type { ExitCode } from "../exit-code.ts";
import { type ExplainFlags, PICTURE_KINDS } from "./explain-flags.ts";
import { EXPLAIN_HELP } from "./help-text.ts";
import type { Io } from "../io.ts";
import { collect, collectColumns, integerFrom, parseFile, parseNotNegative, parsePercentile, splitList, wordsOf } from "./parse-flag.ts";
import { COMPUTED_DEFAULTS, addMethodOptions, addScoreOptions } from "./method-options.ts";
import { addInputOptions, addRunOptions } from "./option-groups.ts";
import { refuseRepeated } from "./refuse-repeated.ts";

/** Not given to commander as defaults: its help would print them. */
const SWITCHED_OFF = { takeMax: false, json: false, gpu: false } as const;

/** `xdeep explain`: its options, and what they do. */
export function explainCommand(io: Io, finish: (code: ExitCode) => void): Command {
  const command = new Command("explain")
    .summary("explain what a model looked at")
    .description("Explains a score of a model: which parts of the input speak for it, and which against it.")
    .argument("<model>", "an ONNX file, or the model.json of TensorFlow.js; several may follow each other")
    .argument("[inputs...]", "pictures, .npy or .json files with the numbers of an input, or .txt files; folders; globs in quotes")
    .addHelpText("after", EXPLAIN_HELP);
  addMethodOptions(command, COMPUTED_DEFAULTS);
  addTargetOptions(command);
  addInputOptions(command);
  command.option("--text <text>", "a text to explain, for a model of tokens; several times", collect);
  command.option("--features <file>", "names of the entries of an input that is no picture, as --labels");
  addPictureOptions(command);
  addRunOptions(command, "explanations");
  command.option(
    "--report <file>",
    "one HTML page with all maps side by side, or of many inputs with the classes and their mean maps, and where they come from; it stands alone",
    parseFile,
  );
  command
    .optionsGroup("Measures:")
    .addOption(
      new Option("--metric <list>", "how good each explanation is, by measures with commas between, see below; they cost runs of the model").argParser(
        splitList,
      ),
    );
  addManyOptions(command);
  refuseRepeated(command);
  return command.action(async (model: string, others: string[], flags: ExplainFlags) => {
    const { explain } = await import("../explain/explain.ts");
    finish(await explain([model, ...others], { ...SWITCHED_OFF, ...flags }, io));
  });
}

function addTargetOptions(command: Command): void {
  addScoreOptions(command, { severalTargets: true })
    .option("--top <n>", "how many of the highest entries are printed", integerFrom(1), 5)
    .option("--take-max", "reduce attributions to their signed maximum over the channels");
}

function addPictureOptions(command: Command): void {
  command
    .optionsGroup("Pictures:")
    .addOption(
      new Option("--render <list>", `pictures with commas between: ${PICTURE_KINDS.join(", ")}`)
        .argParser(wordsOf(PICTURE_KINDS))
        .default(["overlay"], "overlay"),
    )
    .addOption(
      new Option("--colors <map>", "overlay, heatmap (default: turbo, inferno)").choices(["inferno", "magma", "plasma", "viridis", "cividis", "turbo", "grey"]),
    )
    .addOption(new Option("--diverging-colors <map>", "diverging (default: RdBu, red for and blue against)").choices(["RdBu", "PuOr", "BrBG"]))
    .option("--percentile <p>", "values beyond it take the colour at the end of the scale (default: 99)", parsePercentile)
    .addOption(
      new Option(
        "--reduce <how>",
        "overlay, heatmap: what becomes of channels; the overlay of sum is signed (default: sumAbs, above four channels absSum)",
      ).choices(["sumAbs", "absSum", "maxAbs", "sum"]),
    )
    .option("--blur <pixels>", "standard deviation of the smoothing (default: overlay 1 % of the side, others 0)", parseNotNegative)
    .option("--opacity <share>", "overlay: of the heat map where it is strongest (default: 0.75)", parseNotNegative)
    .option("--font <file>", "sheet: a font file for letters that DejaVu Sans lacks; several times", collect);
}

function addManyOptions(command: Command): void {
  command
    .optionsGroup("Many inputs, in shards that are written once:")
    .option("--workers <n>", "threads, each with the model loaded (default: one per core)", integerFrom(1))
    .option("--shard-size <n>", "rows of a shard (default: 64)", integerFrom(1))
    .addOption(new Option("--shard-format <name>", "how shards hold attributions (default: npy)").choices(["npy", "parquet"]))
    .option("--queue <redis>", "redis://host:6379: machines that run xdeep work explain the shards, this one hands them out")
    .option(
      "--column <role=name>",
      "of a CSV or Parquet file: file, target or label, and the name of its column; or values, and those of the numbers with commas between; several times",
      collectColumns,
    );
}
