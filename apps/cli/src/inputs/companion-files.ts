import { access, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { type Preprocessing, importPreprocessing, withoutPictures } from "@xdeep/image";
import { isXDeepError } from "@xdeep/core";

import { inCliWords } from "../cli-words.ts";
import { type NamedLabels, labelsOfJson, readLabels } from "./labels.ts";

/** What files beside a model say of it, where nothing else was asked for. */
export interface CompanionFiles {
  readonly pictures: PictureFile | null;
  readonly labels: NamedLabels | null;
  /** Path of `tokenizer.json`. */
  readonly tokenizer: string | null;
  /** Files that are there and cannot be followed. */
  readonly problems: readonly string[];
}

/** How a model takes pictures, or what it takes in their place. */
export type PictureFile = { readonly path: string } & ({ readonly preprocessing: Preprocessing } | { readonly takes: string });

/** Of Hugging Face, Teachable Machine and Hugging Face again: the first that says something counts. */
const PICTURE_FILES: readonly string[] = ["preprocessor_config.json", "metadata.json"];
const LABEL_FILES: readonly string[] = ["metadata.json", "config.json"];

/** Files that are nothing but names of classes. */
const NAME_FILES: readonly string[] = ["labels.json", "labels.txt"];

/**
 * Looks beside a model for how its pictures are prepared and what its classes are called: `preprocessor_config.json` and `config.json` of Hugging Face,
 * `metadata.json` of Teachable Machine, or `labels.txt` and `labels.json` as `--labels` takes them; and for the tokenizer of its texts. Exporters put ONNX files into a folder "onnx" below them.
 */
export async function findCompanionFiles(model: string): Promise<CompanionFiles> {
  const folder = dirname(model);
  const folders = basename(folder) === "onnx" ? [folder, dirname(folder)] : [folder];
  const paths = (names: readonly string[]): readonly string[] => folders.flatMap((each) => names.map((name) => join(each, name)));
  const problems: string[] = [];
  return {
    pictures: await first(paths(PICTURE_FILES), async (path) => picturesIn(path, await readJson(path), problems)),
    labels: (await first(paths(LABEL_FILES), async (path) => labelsIn(path, await readJson(path)))) ?? (await first(paths(NAME_FILES), namesIn)),
    tokenizer: await first(paths(["tokenizer.json"]), async (path) =>
      access(path).then(
        () => path,
        () => null,
      ),
    ),
    problems,
  };
}

async function first<T>(paths: readonly string[], find: (path: string) => Promise<T | null>): Promise<T | null> {
  for (const path of paths) {
    const found = await find(path);
    if (found !== null) return found;
  }
  return null;
}

function picturesIn(path: string, json: JsonObject | null, problems: string[]): PictureFile | null {
  if (json === null) return null;
  const other = withoutPictures(json);
  if (other !== null) return { path, takes: other.takes };
  try {
    const { preprocessing, origin } = importPreprocessing(json);
    // Any other JSON that happens to be called so is none of ours.
    return origin === "xdeep" ? null : { path, preprocessing };
  } catch (error) {
    if (!isXDeepError(error)) throw error;
    if (basename(path) === "preprocessor_config.json" || "tmVersion" in json) problems.push(`"${path}" is not followed: ${inCliWords(error)}`);
    return null;
  }
}

function labelsIn(path: string, json: JsonObject | null): NamedLabels | null {
  if (json === null || !("id2label" in json || "tmVersion" in json || "packageName" in json || "wordLabels" in json)) return null;
  const labels = labelsOfJson(json);
  return labels === null || labels.length === 0 ? null : { path, labels };
}

async function namesIn(path: string): Promise<NamedLabels | null> {
  try {
    return { path, labels: await readLabels(path) };
  } catch (error) {
    // It is not there, or is something else.
    if (isXDeepError(error)) return null;
    throw error;
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Null for what is not there, or is no JSON object. */
async function readJson(path: string): Promise<JsonObject | null> {
  try {
    const json: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as JsonObject) : null;
  } catch {
    return null;
  }
}
