import { XDeepError } from "@xdeep/core";
import type { ImportedPreprocessing, JsonObject } from "./imported-preprocessing.ts";
import { resolvePreprocessing } from "./resolve-preprocessing.ts";

/** Where the file does not say: models of Teachable Machine that are older than `imageSize`. */
const DEFAULT_SIZE = 224;

/**
 * `metadata.json` of Teachable Machine's image models: the middle square, brought to the model's size, pixel / 127 − 1.
 *
 * Teachable Machine resizes by the canvas of the browser, whose filter each browser chooses; here it is antialiased bilinear.
 *
 * @throws {XDeepError} OPTION_INVALID for models of poses and sounds, which take no pictures, and values of the wrong kind.
 */
export function teachableMachinePreprocessing(file: JsonObject): Pick<ImportedPreprocessing, "preprocessing" | "labels"> {
  const { packageName = "@teachablemachine/image", imageSize = DEFAULT_SIZE, labels = [], grayscale = false } = file;
  if (packageName !== "@teachablemachine/image") {
    throw new XDeepError(
      "OPTION_INVALID",
      `"packageName" is ${JSON.stringify(packageName)}: of Teachable Machine's models, those of "@teachablemachine/image" take pictures.`,
    );
  }
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === "string")) {
    throw new XDeepError("OPTION_INVALID", `"labels" of a metadata.json are a list of names; got ${JSON.stringify(labels)}.`);
  }
  const channels = grayscale === true ? "grey" : "rgb";
  const preprocessing = resolvePreprocessing({ preset: "tf", size: imageSize as number, channels, cropFraction: 1, scale: 1 / 127, mean: 1, std: 1 });
  return { preprocessing, labels: labels.length === 0 ? null : labels };
}
