import { Command, Option } from "commander";
import type { HeatMapReduction } from "@xdeep/export";
import { PRESETS } from "@xdeep/image";

import type { Io } from "../io.ts";
import { DEFAULT_POINTS, type ExportFlags } from "./export-flags.ts";
import { EXPORT_HELP } from "./help-text.ts";
import { addMethodOptions, addScoreOptions } from "./method-options.ts";
import { collect, collectDims, collectLimits, integerFrom, parseNumber, parseNumbers, parseSize } from "./parse-flag.ts";
import { parsePreset } from "./parse-preset.ts";
import { refuseRepeated } from "./refuse-repeated.ts";

const REDUCTIONS: readonly HeatMapReduction[] = ["sumAbs", "absSum", "maxAbs", "positive"];

/** `xdeep export`: a model and a method as one ONNX file, for places where xdeep is not. */
export function exportCommand(io: Io): Command {
  const command = new Command("export")
    .summary("write a model that explains itself, as one ONNX file")
    .description(
      "Writes a model and a method as one plain ONNX file: any ONNX Runtime that runs it gives attributions, in Spark, Triton, Beam, databases and browsers, without xdeep.",
    )
    .argument("<model>", "an ONNX file")
    .addHelpText("after", EXPORT_HELP);
  addMethodOptions(command, {
    steps: String(DEFAULT_POINTS),
    samples: String(DEFAULT_POINTS),
    baseline: "a number in units of the model's input, or a .npy file; several are averaged (default: 0)",
  });
  addScoreOptions(command);
  addFileOptions(command);
  addPixelOptions(command);
  addPlaceOptions(command);
  refuseRepeated(command);
  return command.action(async (model: string, flags: ExportFlags) => {
    const { exportFile } = await import("../export/export-file.ts");
    await exportFile(model, flags, io);
  });
}

function addFileOptions(command: Command): void {
  command
    .optionsGroup("The file:")
    .option("-o, --out <file>", "where it is written (default: NAME.METHOD.onnx)")
    .addOption(
      new Option("--profile <name>", "portable: what every place takes; server: for an ONNX Runtime of your own (default: portable)").choices([
        "portable",
        "server",
      ]),
    )
    .option("--target-input", "take the entry of each row from an input target_entry, int64 [N]; -1 for its highest")
    .option("--only", "leave the model's own outputs out")
    .option("--heat-map", "give a picture of the attribution besides: heat_map, uint8 [N, H, W]")
    .addOption(new Option("--reduce <how>", "heat map: what becomes of channels (default: sumAbs)").choices(REDUCTIONS))
    .option("--webgpu", "write what onnxruntime-web runs right on WebGPU")
    .option("--external-data", "put the weights into FILE.data beside it: for models larger than the 2 GiB that one file can have")
    .option("--max-points <n>", "points that one row may become in the portable profile (default: 16)", integerFrom(1))
    .option("--size <pixels>", "side, or WIDTHxHEIGHT, of pictures whose size the file leaves open", parseSize)
    .option("--input-dims <name=dims>", "dims of an input that the file leaves open, such as ids=N,128; several times", collectDims)
    .option("--shared <name>", "an input without a batch axis; several times", collect)
    .option("--limit <name=n>", "how much a model file may ask for, as the error about it says; several times", collectLimits)
    .option("--json", "print one JSON document on stdout, and nothing else");
}

function addPixelOptions(command: Command): void {
  command
    .optionsGroup("Raw pixels in:")
    .addOption(new Option("--pixels <type>", "take pixels [N, H, W, C] of this type in place of the picture").choices(["int32", "uint8"]))
    .option(
      "-p, --preset <name>",
      `what the model makes of pixels: ${Object.keys(PRESETS).join(", ")}, or a .json file (default: what lies beside the model, or guessed, and said)`,
      parsePreset,
    )
    .addOption(new Option("--channels <order>", "colours of the model's input").choices(["rgb", "bgr", "grey"]))
    .option("--scale <factor>", "the model takes (pixel * scale - mean) / std, pixels 0 to 255", parseNumber)
    .option("--mean <list>", "one number, or one per channel", parseNumbers)
    .option("--std <list>", "one number, or one per channel", parseNumbers);
}

function addPlaceOptions(command: Command): void {
  command
    .optionsGroup("Beside the file, for where it goes:")
    .option("--triton <folder>", "a repository of models for Triton: FOLDER/NAME/config.pbtxt and 1/model.onnx")
    .option("--kserve", "NAME.kserve.yaml and NAME.request.json: an InferenceService over Triton, and a request")
    .option("--spark", "NAME_spark.py: a function for DataFrames, over Arrow batches")
    .option("--ray", "NAME_ray.py: an actor for datasets of Ray")
    .option("--beam", "NAME_beam.py: a handler for Apache Beam's RunInference");
}
