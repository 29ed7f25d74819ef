import { XDeepError } from "@xdeep/core";
import { huggingFacePreprocessing } from "./hugging-face-preprocessing.ts";
import type { ImportedPreprocessing, JsonObject, NoPictures } from "./imported-preprocessing.ts";
import { type PreprocessingOptions, resolvePreprocessing } from "./resolve-preprocessing.ts";
import { teachableMachinePreprocessing, teachableMachineWithoutPictures } from "./teachable-machine-preprocessing.ts";

/**
 * The preprocessing that a parsed JSON file describes: `preprocessor_config.json` of Hugging Face, `metadata.json` of Teachable Machine, or a preprocessing as this
 * package has it (options without `preset` must be complete).
 *
 * @throws {XDeepError} OPTION_INVALID when it is none of these, lacks a value, or asks for what cannot be done here, such as padding: the message names it.
 *   Models that take no pictures are among them: `withoutPictures` tells them.
 */
export function importPreprocessing(json: unknown): ImportedPreprocessing {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new XDeepError("OPTION_INVALID", `A file of preprocessing holds a JSON object; got ${JSON.stringify(json)?.slice(0, 80) ?? typeof json}.`);
  }
  const file = json as JsonObject;
  const has = (...names: readonly string[]): boolean => names.some((name) => Object.hasOwn(file, name));
  // Newer files of Hugging Face have a part for each kind of input.
  if (has("image_processor")) return importPreprocessing(file.image_processor);
  if (has("image_processor_type", "feature_extractor_type", "do_resize", "do_normalize", "image_mean")) {
    return { preprocessing: huggingFacePreprocessing(file), labels: null, origin: "huggingface" };
  }
  if (has("tmVersion", "packageName", "tfjsVersion", "tfjsSpeechCommandsVersion", "wordLabels"))
    return { ...teachableMachinePreprocessing(file), origin: "teachablemachine" };
  return { preprocessing: resolvePreprocessing(file as PreprocessingOptions), labels: null, origin: "xdeep" };
}

/** What the parsed JSON file says of a model that takes no pictures, such as Teachable Machine's of poses and of sounds; null for any other file. */
export function withoutPictures(json: unknown): NoPictures | null {
  return typeof json === "object" && json !== null ? teachableMachineWithoutPictures(json as JsonObject) : null;
}
