import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";

import { XDeepError } from "@xdeep/core";
import { glob, isDynamicPattern } from "tinyglobby";

const PICTURES: ReadonlySet<string> = new Set([".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".avif"]);
const NUMBERS: ReadonlySet<string> = new Set([".npy", ".json"]);
const TEXTS: ReadonlySet<string> = new Set([".txt"]);

/** True for the name of a picture. */
export function isPicture(path: string): boolean {
  return PICTURES.has(extname(path).toLowerCase());
}

/**
 * The files that the arguments of a command line mean, in their order, each once: a file by its path; of a folder the pictures in it, or where there
 * are none its files of numbers, or of texts; and what a glob matches, for shells that leave globs as they are. A file that does not exist stays as it is, so
 * that reading it says so.
 *
 * @throws {XDeepError} INPUT_MISSING for a folder or a glob that brings no file
 */
export async function findInputs(args: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const arg of args) found.push(...(await filesOf(arg)));
  // A file that two globs match is explained once; one that is named twice was meant.
  const named = new Set(args);
  const seen = new Set<string>();
  return found.filter((path) => named.has(path) || (!seen.has(path) && seen.add(path)));
}

async function filesOf(arg: string): Promise<readonly string[]> {
  const entry = await stat(arg).catch(() => null);
  if (entry?.isDirectory()) return filesIn(arg);
  if (entry !== null || !isDynamicPattern(arg)) return [arg];
  const files = await glob(arg.replaceAll("\\", "/"), { expandDirectories: false, onlyFiles: true });
  if (files.length > 0) return files.toSorted();
  throw noFile(arg, `No file matches "${arg}".`);
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && !entry.name.startsWith(".")).map(({ name }) => name);
  const of = (kinds: ReadonlySet<string>): readonly string[] => names.filter((name) => kinds.has(extname(name).toLowerCase())).toSorted();
  const files = [of(PICTURES), of(NUMBERS), of(TEXTS)].find((some) => some.length > 0);
  if (files !== undefined) return files.map((name) => join(folder, name));
  throw noFile(
    folder,
    `The folder "${folder}" holds no picture and no .npy, .json or .txt file. Folders in it are not looked into: "${join(folder, "**", "*.jpg")}" does.`,
  );
}

function noFile(argument: string, message: string): XDeepError {
  return new XDeepError("INPUT_MISSING", message, { details: { argument } });
}
