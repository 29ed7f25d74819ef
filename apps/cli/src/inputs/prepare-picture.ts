import { readFile } from "node:fs/promises";

import {
  type GuessedValue,
  type PreprocessedImage,
  type Preprocessing,
  type PreprocessingOverrides,
  PRESETS,
  fittedTo,
  guessPreset,
  guessedValues,
  importPreprocessing,
  pictureInput,
  preprocess,
  resolvePreprocessing,
} from "@xdeep/image";
import { type ValueInfo, XDeepError } from "@xdeep/core";

import type { PreprocessingFlags } from "../commands/explain-flags.ts";
import type { PictureFile } from "./companion-files.ts";
import { unreadableFile } from "./file-error.ts";

/** How pictures are fed to one input, and where that comes from. */
export interface PicturePlan {
  readonly preprocessing: Preprocessing;
  /** Name of the preset, or path of the file with one; null where every value was given by itself. */
  readonly preset: string | null;
  /** The preset is a file that lies beside the model. */
  readonly isCompanion: boolean;
  /** The values that are guessed, and why; null where none is. */
  readonly guess: { readonly values: readonly GuessedValue[]; readonly because: string } | null;
}

/** Aborts, and bounds the size of pictures. */
export interface PictureControl {
  readonly maxPixels?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Decides how pictures become the model's input: the preset that was named, lies beside the model or is guessed, at the model's own size and layout,
 * under single values that the user gave.
 *
 * @throws {XDeepError} INPUT_SHAPE when the input takes no pictures; INPUT_TYPE where a file beside the model says so; OPTION_INVALID for a bad preset or value
 */
export async function planPictures(info: ValueInfo, flags: PreprocessingFlags, companion: PictureFile | null): Promise<PicturePlan> {
  if (flags.preset === undefined && companion !== null && "takes" in companion) throw takesNoPictures(companion);
  const input = pictureInput(info, flags.layout);
  const given = valuesIn(flags);
  const beside = companion !== null && "preprocessing" in companion ? companion : null;
  if (flags.preset !== undefined || beside !== null) {
    const values = flags.preset === undefined ? beside!.preprocessing : await presetValues(flags.preset);
    const preprocessing = resolvePreprocessing({ ...inOrder(values, given), ...fittedTo(input, values.size), ...given });
    return { preprocessing, preset: flags.preset ?? beside!.path, isCompanion: flags.preset === undefined, guess: null };
  }
  const { preset, because } = guessPreset(input);
  const preprocessing = resolvePreprocessing({ preset, ...fittedTo(input), ...given });
  const values = guessedValues(input, given, preprocessing);
  const guess = values.length === 0 ? null : { values, because };
  return { preprocessing, preset: guess === null ? null : preset, isCompanion: false, guess };
}

/**
 * Reads a picture as the plan says.
 *
 * @throws {XDeepError} IMAGE_INVALID when the file is missing, damaged, too large or no picture
 */
export async function preparePicture(path: string, { preprocessing }: PicturePlan, { maxPixels, signal }: PictureControl): Promise<PreprocessedImage> {
  return preprocess(path, preprocessing, { maxPixels, signal });
}

function takesNoPictures({ path, takes }: { readonly path: string; readonly takes: string }): XDeepError {
  return new XDeepError("INPUT_TYPE", `The model takes ${takes}, and no pictures: "${path}" says so. Pass its numbers, as a .npy or .json file.`, {
    details: { path, takes },
  });
}

/** Values of the command line that are not left open. */
function valuesIn(flags: PreprocessingFlags): PreprocessingOverrides {
  const { size, resize, interpolation, cropFraction, background, channels, scale, mean, std } = flags;
  const values = { size, resize, interpolation, cropFraction, background, channels, scale, mean, std };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

async function presetValues(preset: string): Promise<PreprocessingOverrides> {
  if (Object.hasOwn(PRESETS, preset)) return { preset: preset as keyof typeof PRESETS };
  const text = await readFile(preset, "utf8").catch((cause: unknown) => {
    throw unreadableFile("OPTION_INVALID", "preset", preset, cause);
  });
  const json = parseJson(text, preset);
  // A file of ours may name a preset, whose constants then follow the channels that are asked for.
  return isPresetOptions(json) ? json : importPreprocessing(json).preprocessing;
}

function parseJson(text: string, preset: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new XDeepError("OPTION_INVALID", `The preset "${preset}" is no valid JSON: ${String(cause)}.`, { details: { preset }, cause });
  }
}

function isPresetOptions(json: unknown): json is PreprocessingOverrides {
  return typeof json === "object" && json !== null && "preset" in json;
}

/** Constants belong to colours: those of a file follow where the channels are asked for in the other order. */
function inOrder(values: PreprocessingOverrides, { channels }: PreprocessingOverrides): PreprocessingOverrides {
  const { mean, std } = values;
  const turns = values.preset === undefined && channels !== undefined && channels !== "grey" && values.channels !== "grey" && channels !== values.channels;
  if (!turns || !Array.isArray(mean) || !Array.isArray(std)) return values;
  return { ...values, mean: mean.toReversed(), std: std.toReversed() };
}
