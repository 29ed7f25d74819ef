import { Command, Option } from "commander";
import { DEFAULT_RELATIVE_TOLERANCE } from "@xdeep/integrated";
import { DEFAULT_DRAWS } from "@xdeep/smooth";
import { DEFAULT_STEPS } from "@xdeep/layers";
import { PIXEL_INTERPOLATIONS, PRESETS, RESIZE_MODES } from "@xdeep/image";

import type { ExitCode } from "../exit-code.ts";
import { explain } from "../explain/explain.ts";
import { type ExplainFlags, PICTURE_KINDS } from "./explain-flags.ts";
import { EXPLAIN_HELP } from "./help-text.ts";
import type { Io } from "../io.ts";
import { BACKENDS, ENGINES } from "../models/load-any-model.ts";
import {
  collect,
  collectColumns,
  collectDims,
  collectLimits,
  collectOptions,
  collectPairs,
  integerFrom,
  parseColor,
  parseNotNegative,
  parseNumber,
  parseNumbers,
  parsePercentile,
  parsePositive,
  parseSize,
  wordsOf,
} from "./parse-flag.ts";
import { addMethodOptions, addScoreOptions } from "./method-options.ts";
import { parsePreset } from "./parse-preset.ts";
import { refuseRepeated } from "./refuse-repeated.ts";

/** Not given to commander as defaults: its help would print them. */
const SWITCHED_OFF = { takeMax: false, json: false, gpu: false } as const;

/** `xdeep explain`: its options, and what they do. */
export function explainCommand(io: Io, finish: (code: ExitCode) => void): Command {
  const command = new Command("explain")
    .summary("explain what a model looked at")
    .description("Explains a score of a model: which parts of the input speak for it, and which against it.")
    .argument("<model>", "an ONNX file, or the model.json of TensorFlow.js; several may follow each other")
    .argument("<inputs...>", "pictures, or .npy or .json files with the numbers of an input; folders; globs in quotes")
    .addHelpText("after", EXPLAIN_HELP);
  addMethodOptions(command, {
    steps: `as many as bring delta within ${100 * DEFAULT_RELATIVE_TOLERANCE} % of the score's change; paths to a layer: ${DEFAULT_STEPS}`,
    samples: String(DEFAULT_DRAWS),
    baseline: "a number in units of the model's input, black, white, a picture, or a .npy file; several are averaged (default: 0)",
  });
  addTargetOptions(command);
  addInputOptions(command);
  addPictureOptions(command);
  addRunOptions(command);
  addManyOptions(command);
  refuseRepeated(command);
  return command.action(async (model: string, others: string[], flags: ExplainFlags) => {
    finish(await explain([model, ...others], { ...SWITCHED_OFF, ...flags }, io));
  });
}

function addTargetOptions(command: Command): void {
  addScoreOptions(command)
    .option("--top <n>", "how many of the highest entries are printed", integerFrom(1), 5)
    .option("--take-max", "reduce attributions to their signed maximum over the channels");
}

function addInputOptions(command: Command): void {
  command
    .optionsGroup("Inputs:")
    .option(
      "-p, --preset <name>",
      `how pixels become numbers: ${Object.keys(PRESETS).join(", ")}, or a .json file: ours, preprocessor_config.json, metadata.json (default: what lies beside the model, or guessed, and said)`,
      parsePreset,
    )
    .option("--size <pixels>", "side, or WIDTHxHEIGHT (default: the model's)", parseSize)
    .addOption(new Option("--layout <order>", "order of the axes (default: the model's)").choices(["NCHW", "NHWC"]))
    .addOption(new Option("--resize <mode>", "how pictures of other proportions fit").choices(RESIZE_MODES))
    .option("--crop-fraction <share>", "crop: side of the crop by the short side", parsePositive)
    .addOption(new Option("--channels <order>", "colours of the tensor").choices(["rgb", "bgr", "grey"]))
    .option("--scale <factor>", "the tensor holds (pixel * scale - mean) / std, pixels 0 to 255", parseNumber)
    .option("--mean <list>", "one number, or one per channel", parseNumbers)
    .option("--std <list>", "one number, or one per channel", parseNumbers)
    .addOption(new Option("--interpolation <filter>", "how pictures are resized (default: bilinear)").choices(PIXEL_INTERPOLATIONS))
    .option("--background <color>", "under transparent pixels and around letterboxed pictures: #rrggbb, white, grey or black (default: white)", parseColor)
    .option("--max-pixels <n>", "pictures of more are refused before they are unpacked (default: 100 million)", integerFrom(1))
    .option("--input <name=file>", "a further input of the model, from a .npy or .json file; several times", collectPairs)
    .option("--features <file>", "names of the entries of an input that is no picture, as --labels");
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

function addRunOptions(command: Command): void {
  command
    .optionsGroup("Running:")
    .option("-o, --out <folder>", "where files are written", "explanations")
    .option("--report <file>", "one HTML page with all maps side by side, the scores and where they come from; it stands alone")
    .option("--json", "print one JSON document on stdout, and nothing else")
    .addOption(new Option("--engine <name>", "(default: onnxruntime-node; wasm for TensorFlow.js models)").choices(ENGINES))
    .option("--gpu", "run on a GPU, or fail where there is none")
    .option("--threads <n>", "threads of ONNX Runtime (default: one per core, 1 for small networks)", integerFrom(1))
    .option("--batch <n>", "rows per run (default: what the backend likes)", integerFrom(1))
    .option("--input-dims <name=dims>", "dims of an input that the file leaves open, such as image=N,3,224,224; several times", collectDims)
    .option("--shared <name>", "an input without a batch axis, such as a table or a state; several times", collect)
    .option("--limit <name=n>", "how much a model file may ask for, as the error about it says; several times", collectLimits)
    .option("--backend <name>", `${BACKENDS.join(", ")}, or a package of others (default: by the kind of file)`)
    .option("--backend-option <name=value>", "an option of a backend of others; several times", collectOptions);
}

function addManyOptions(command: Command): void {
  command
    .optionsGroup("Many inputs, in shards that are written once:")
    .option("--workers <n>", "threads, each with the model loaded (default: one per core)", integerFrom(1))
    .option("--shard-size <n>", "rows of a shard (default: 64)", integerFrom(1))
    .addOption(new Option("--shard-format <name>", "how shards hold attributions (default: npy)").choices(["npy", "parquet"]))
    .option("--column <role=name>", "of a CSV or Parquet file: file, target or label, and the name of its column; several times", collectColumns);
}
