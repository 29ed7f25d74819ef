import { readFile } from "node:fs/promises";

import { type PreprocessedImage, type PreprocessingOverrides, type Preprocessing, PRESETS, preprocess, resolvePreprocessing } from "@xdeep/image";
import { type ValueInfo, XDeepError } from "@xdeep/core";

import type { PreprocessingFlags } from "../commands/explain-flags.ts";
import { fittedTo, guessPreset, pictureInput } from "./guess-preset.ts";
import { unreadableFile } from "./file-error.ts";

/** How pictures are fed to one input, and where that comes from. */
export interface PicturePlan {
  readonly preprocessing: Preprocessing;
  /** Name of the preset, or path of the file with one. */
  readonly preset: string;
  /** Why this preset, where the user named none. */
  readonly guessedBecause: string | null;
}

/**
 * Decides how pictures become the model's input: the preset that was named or is guessed, at the model's own size and layout, under single
 * values that the user gave.
 *
 * @throws {XDeepError} INPUT_SHAPE when the input takes no pictures; OPTION_INVALID for a bad preset or value
 */
export async function planPictures(info: ValueInfo, flags: PreprocessingFlags): Promise<PicturePlan> {
  const input = pictureInput(info, flags.layout);
  const guess = flags.preset === undefined ? guessPreset(input) : null;
  const preset = guess?.preset ?? flags.preset!;
  const options = { ...(await presetValues(preset)), ...fittedTo(input), ...valuesIn(flags) };
  return { preprocessing: resolvePreprocessing(options), preset, guessedBecause: guess?.because ?? null };
}

/**
 * Reads a picture as the plan says.
 *
 * @throws {XDeepError} IMAGE_INVALID when the file is missing, damaged or no picture
 */
export async function preparePicture(path: string, { preprocessing }: PicturePlan, signal: AbortSignal | undefined): Promise<PreprocessedImage> {
  return preprocess(path, preprocessing, { signal });
}

/** Values of the command line that are not left open. */
function valuesIn(flags: PreprocessingFlags): PreprocessingOverrides {
  const { size, resize, cropFraction, channels, scale, mean, std } = flags;
  return Object.fromEntries(Object.entries({ size, resize, cropFraction, channels, scale, mean, std }).filter(([, value]) => value !== undefined));
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
