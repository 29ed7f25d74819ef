import { XDeepError } from "@xdeep/core";
import type { ImportedPreprocessing, JsonObject, NoPictures } from "./imported-preprocessing.ts";
import { resolvePreprocessing } from "./resolve-preprocessing.ts";

/** Where the file does not say: models of Teachable Machine that are older than `imageSize`. */
const DEFAULT_SIZE = 224;

/** What Teachable Machine's other models take; null for those of pictures, and for files that are none of its. */
export function teachableMachineWithoutPictures(file: JsonObject): NoPictures | null {
  const { packageName = "@teachablemachine/image", labels, wordLabels } = file;
  if (packageName === "@teachablemachine/pose") return { takes: "what PoseNet finds in a picture", labels: namesIn(labels) };
  if ("wordLabels" in file || "tfjsSpeechCommandsVersion" in file) return { takes: "spectrograms of sounds", labels: namesIn(wordLabels) };
  return null;
}

/**
 * `metadata.json` of Teachable Machine's image models: the middle square, brought to the model's size, pixel / 127 − 1.
 *
 * Teachable Machine resizes by the canvas of the browser, whose filter each browser chooses; here it is antialiased bilinear.
 *
 * @throws {XDeepError} OPTION_INVALID for models of poses and sounds, which take no pictures, and values of the wrong kind.
 */
export function teachableMachinePreprocessing(file: JsonObject): Pick<ImportedPreprocessing, "preprocessing" | "labels"> {
  const { packageName = "@teachablemachine/image", imageSize = DEFAULT_SIZE, labels = [], grayscale = false } = file;
  const other = teachableMachineWithoutPictures(file)?.takes;
  if (other !== undefined || packageName !== "@teachablemachine/image") {
    const what = other ?? `what ${JSON.stringify(packageName)} makes of its input`;
    throw new XDeepError("OPTION_INVALID", `This model of Teachable Machine takes ${what}, and no pictures.`);
  }
  const names = namesIn(labels);
  if (names === null) throw new XDeepError("OPTION_INVALID", `"labels" of a metadata.json are a list of names; got ${JSON.stringify(labels)}.`);
  const channels = grayscale === true ? "grey" : "rgb";
  const preprocessing = resolvePreprocessing({ preset: "tf", size: imageSize as number, channels, cropFraction: 1, scale: 1 / 127, mean: 1, std: 1 });
  return { preprocessing, labels: names.length === 0 ? null : names };
}

function namesIn(labels: unknown): readonly string[] | null {
  return Array.isArray(labels) && labels.every((label) => typeof label === "string") ? labels : null;
}
