import { readFile } from "node:fs/promises";

import { type PreprocessedImage, type Preprocessing, type PreprocessingOverrides, PRESETS, preprocess, resolvePreprocessing } from "@xdeep/image";
import { type ValueInfo, XDeepError } from "@xdeep/core";

import type { PreprocessingFlags } from "../commands/explain-flags.ts";
import { type GuessedValue, fittedTo, guessPreset, guessedValues, pictureInput } from "./guess-preset.ts";
import { unreadableFile } from "./file-error.ts";

/** How pictures are fed to one input, and where that comes from. */
export interface PicturePlan {
  readonly preprocessing: Preprocessing;
  /** Name of the preset, or path of the file with one; null where every value was given by itself. */
  readonly preset: string | null;
  /** The values that are guessed, and why; null where none is. */
  readonly guess: { readonly values: readonly GuessedValue[]; readonly because: string } | null;
}

/** Aborts, and bounds the size of pictures. */
export interface PictureControl {
  readonly maxPixels?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Decides how pictures become the model's input: the preset that was named or is guessed, at the model's own size and layout, under single
 * values that the user gave.
 *
 * @throws {XDeepError} INPUT_SHAPE when the input takes no pictures; OPTION_INVALID for a bad preset or value
 */
export async function planPictures(info: ValueInfo, flags: PreprocessingFlags): Promise<PicturePlan> {
  const input = pictureInput(info, flags.layout);
  const given = valuesIn(flags);
  if (flags.preset !== undefined) {
    return { preprocessing: resolvePreprocessing({ ...(await presetValues(flags.preset)), ...fittedTo(input), ...given }), preset: flags.preset, guess: null };
  }
  const { preset, because } = guessPreset(input);
  const preprocessing = resolvePreprocessing({ preset, ...fittedTo(input), ...given });
  const values = guessedValues(input, given, preprocessing);
  return { preprocessing, preset: values.length === 0 ? null : preset, guess: values.length === 0 ? null : { values, because } };
}

/**
 * Reads a picture as the plan says.
 *
 * @throws {XDeepError} IMAGE_INVALID when the file is missing, damaged, too large or no picture
 */
export async function preparePicture(path: string, { preprocessing }: PicturePlan, { maxPixels, signal }: PictureControl): Promise<PreprocessedImage> {
  return preprocess(path, preprocessing, { maxPixels, signal });
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
  try {
    return JSON.parse(text) as PreprocessingOverrides;
  } catch (cause) {
    throw new XDeepError("OPTION_INVALID", `The preset "${preset}" is no valid JSON: ${String(cause)}.`, { details: { preset }, cause });
  }
}
