import { type Command, Option } from "commander";
import { PIXEL_INTERPOLATIONS, PRESETS, RESIZE_MODES } from "@xdeep/image";

import { BACKENDS, ENGINES } from "../models/load-any-model.ts";
import {
  collect,
  collectDims,
  collectLimits,
  collectOptions,
  collectPairs,
  integerFrom,
  parseColor,
  parseFolder,
  parseNumber,
  parseNumbers,
  parsePositive,
  parseSize,
} from "./parse-flag.ts";
import { parsePreset } from "./parse-preset.ts";

export function addInputOptions(command: Command): void {
  command
    .optionsGroup("Inputs:")
    .option(
      "-p, --preset <name>",
      `how pixels become numbers: ${Object.keys(PRESETS).join(", ")}, or a .json file: ours, preprocessor_config.json, metadata.json (default: what lies beside the model, or guessed, and said)`,
      parsePreset,
    )
    .option("--size <pixels>", "side, or WIDTHxHEIGHT; x48: the width follows (default: the model's)", parseSize)
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
    .option("--tokenizer <file>", "tokenizer.json of Hugging Face, which cuts texts into tokens (default: what lies beside the model)")
    .option("--text-pair <text>", "a second text in the row of each, such as the answer to a question")
    .option("--truncate", "leave the end of texts out that have more tokens than the model takes, and say so (default: they are refused)")
    .option("--input <name=file>", "a further input of the model, from a .npy or .json file; several times", collectPairs);
}

export function addRunOptions(command: Command, out: string): void {
  command
    .optionsGroup("Running:")
    .option("-o, --out <folder>", "where files are written", parseFolder, out)
    .option("--json", "print one JSON document on stdout, and nothing else")
    .addOption(new Option("--engine <name>", "(default: onnxruntime-node; wasm for TensorFlow.js models)").choices(ENGINES))
    .option("--gpu", "run on a GPU, or fail where there is none")
    .option("--threads <n>", "threads of ONNX Runtime (default: one per core, 1 for small networks)", integerFrom(1))
    .option("--batch <n>", "rows per run (default: what the backend likes)", integerFrom(1))
    .option("--input-dims <name=dims>", "dims of an input that the file leaves open, such as image=N,3,224,224; several times", collectDims)
    .option("--shared <name>", "an input without a batch axis, such as a table or a state; several times", collect)
    .option("--limit <name=n>", "how much a model file may ask for, as the error about it says; several times", collectLimits)
    .option("--cache <folder>", "keep there what is prepared for ONNX Runtime, so that the next run of a model starts sooner (default: nothing is kept)")
    .option("--backend <name>", `${BACKENDS.join(", ")}, or a package of others (default: by the kind of file)`)
    .option("--backend-option <name=value>", "an option of a backend of others; several times", collectOptions);
}
