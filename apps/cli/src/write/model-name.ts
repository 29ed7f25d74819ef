import { readFile, readdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";

import type { ModelRecord } from "../explain/explanation.ts";
import { uniqueNames } from "./file-stem.ts";

/**
 * A name for the files of a model, numbered where the folder holds files of another model that has it: files of two models never take each other's
 * place. A file that was trained again has its path, and takes the place of what it was.
 */
export async function freeModelName(folder: string, name: string, model: ModelRecord): Promise<string> {
  const files = await readdir(folder).catch((): readonly string[] => []);
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? name : `${name}-${count}`;
    const record = files.find((file) => file.endsWith(".json") && file.includes(`.${candidate}.`));
    const other = record === undefined ? null : await modelIn(join(folder, record));
    if (other === null || other.sha256 === model.sha256 || other.path === model.path) return candidate;
  }
}

/** The model of a record; null where the file is none. */
async function modelIn(path: string): Promise<Pick<ModelRecord, "path" | "sha256"> | null> {
  try {
    const { model } = JSON.parse(await readFile(path, "utf8")) as { readonly model?: ModelRecord };
    return typeof model?.sha256 === "string" ? model : null;
  } catch {
    return null;
  }
}

/** Short names for the files of each model: its own without extension, or that of its folder where it says nothing. */
export function modelNames(paths: readonly string[]): readonly string[] {
  const names = paths.map((path) => {
    const name = basename(path, extname(path));
    return name === "model" ? basename(dirname(path)).replace(/^\.+$/, "") || name : name;
  });
  return uniqueNames(names);
}
