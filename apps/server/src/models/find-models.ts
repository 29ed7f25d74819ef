import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** The files of a model, as a look at the folder found them. */
export interface FoundModel {
  /** Of the file that is loaded. */
  readonly path: string;
  /** Of that file and of those that may belong to it: weights, names of classes, how pictures are fed. */
  readonly files: readonly string[];
  /** Sizes and times of all of them: where one differs, it is another model. */
  readonly stamp: string;
}

/** Letters of all scripts, digits, spaces, dots and dashes: a colon begins the verb of KServe's v1. */
const MODEL_NAME = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_. -]*$/u;

/** Models by name: `NAME.onnx`, or a folder NAME with a model.onnx or model.json in it. Links are followed. */
export async function findModels(folder: string): Promise<ReadonlyMap<string, FoundModel>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = new Map<string, FoundModel>();
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const isFile = isOnnx(entry.name) && !entry.isDirectory();
    // Some systems write an accent as a letter of its own.
    const name = (isFile ? entry.name.replace(/\.onnx$/i, "") : entry.name).normalize();
    if (!MODEL_NAME.test(name)) continue;
    const paths = isFile ? [entry.name] : ["model.onnx", "model.json", `${entry.name}.onnx`].map((file) => join(entry.name, file));
    for (const path of paths.map((each) => join(folder, each))) {
      const model = found.has(name) ? null : await lookAt(path, isFile);
      if (model !== null) found.set(name, model);
    }
  }
  return found;
}

/**
 * Null where there is no such file.
 *
 * @param isShared the folder holds other models too: files that begin with a model's name are its own, and JSON is everybody's
 */
async function lookAt(path: string, isShared: boolean): Promise<FoundModel | null> {
  const main = await stampOf(path);
  if (main === null) return null;
  const own = `${basename(path).replace(/\.onnx$/i, "")}.`;
  const beside = await readdir(dirname(path)).catch(() => []);
  const others = beside.filter((name) => name !== basename(path) && (!isShared || (!isOnnx(name) && (name.startsWith(own) || name.endsWith(".json")))));
  const files = [path];
  const stamps = [main];
  for (const file of others.toSorted().map((name) => join(dirname(path), name))) {
    const stamp = await stampOf(file);
    if (stamp === null) continue;
    files.push(file);
    stamps.push(stamp);
  }
  return { path, files, stamp: stamps.join("\n") };
}

/** Null where there is no file. */
async function stampOf(path: string): Promise<string | null> {
  const file = await stat(path).catch(() => null);
  return file?.isFile() ? `${path} ${file.ino} ${file.size} ${file.mtimeMs}` : null;
}

function isOnnx(name: string): boolean {
  return /\.onnx$/i.test(name);
}
