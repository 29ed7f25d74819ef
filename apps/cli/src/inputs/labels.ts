import { readFile } from "node:fs/promises";

import { XDeepError } from "@xdeep/core";

import { unreadableFile } from "./file-error.ts";

/** Names by index; undefined where an index has none. */
export type Labels = readonly (string | undefined)[];

/** Labels, and the file that they come from. */
export interface NamedLabels {
  readonly path: string;
  readonly labels: Labels;
}

/**
 * Reads names of classes (or of features): a text file with one per line, a JSON list, or a JSON object from index to name, as in Keras'
 * class index {"0": ["n01440764", "tench"], …} and in the `id2label` of a Hugging Face configuration; or the `labels` of Teachable Machine's metadata, which its models of sounds call `wordLabels`.
 *
 * @throws {XDeepError} OPTION_INVALID when the file is missing, is no text, or holds no names
 */
export async function readLabels(path: string): Promise<Labels> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw unreadableFile("OPTION_INVALID", "labels file", path, cause);
  });
  if (/[\0\uFFFD]/.test(text)) {
    throw new XDeepError("OPTION_INVALID", `The labels file "${path}" is no text in UTF-8. It is a text file with one name per line, or JSON.`, {
      details: { path },
    });
  }
  const json = parseJson(text, path);
  const labels = json === undefined ? labelsOfLines(text) : labelsOfJson(json);
  if (labels !== null && labels.length > 0) return labels;
  throw new XDeepError(
    "OPTION_INVALID",
    `The labels file "${path}" holds no names. It is a text file with one name per line, a JSON list of names, or a JSON object from index to name.`,
    {
      details: { path },
    },
  );
}

/** One name per line; the WordNet number that leads lines of synset.txt is left out. */
function labelsOfLines(text: string): Labels {
  const lines = text
    .replace(/^\uFEFF/, "")
    .trimEnd()
    .split(/\r?\n/);
  return lines.every((line) => line.trim() === "") ? [] : lines.map((line) => line.trim().replace(/^n\d{8}\s+/, ""));
}

/** Undefined for text that is no JSON list or object: a line of a text file may begin with "[" too. */
function parseJson(text: string, path: string): unknown {
  if (!/^\uFEFF?\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    if (!path.endsWith(".json")) return undefined;
    throw new XDeepError("OPTION_INVALID", `The labels file "${path}" is no valid JSON: ${String(cause)}.`, { details: { path }, cause });
  }
}

/** Names in parsed JSON; null where it holds none. */
export function labelsOfJson(json: unknown): Labels | null {
  if (Array.isArray(json)) return json.every((entry) => nameOf(entry) !== undefined) ? json.map(nameOf) : null;
  const record = json as Readonly<Record<string, unknown>>;
  const list = record["labels"] ?? record["wordLabels"];
  if (Array.isArray(list)) return labelsOfJson(list);
  const byIndex = (typeof record["id2label"] === "object" && record["id2label"] !== null ? record["id2label"] : record) as Readonly<Record<string, unknown>>;
  const labels: (string | undefined)[] = [];
  for (const [key, entry] of Object.entries(byIndex)) {
    const name = nameOf(entry);
    if (!/^\d{1,7}$/.test(key) || name === undefined) return null;
    labels[Number(key)] = name;
  }
  return Array.from(labels);
}

/** A name, or the last of several: class indices give the WordNet number first. */
function nameOf(entry: unknown): string | undefined {
  const name: unknown = Array.isArray(entry) ? entry.at(-1) : entry;
  return typeof name === "string" ? name : undefined;
}
