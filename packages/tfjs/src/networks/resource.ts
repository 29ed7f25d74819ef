import { XDeepError, type XDeepErrorCode } from "@xdeep/core";
import { checkLocation, fetchBytes, leadsOut, nodeModule, resolveLocation, webAddress } from "@xdeep/core/backend";

/**
 * Where a file that a model names lies: beside or below it.
 *
 * @throws {XDeepError} MODEL_INVALID for a path that leads elsewhere
 */
export function resolveResource(path: string, model: string | URL): string | URL {
  const url = webAddress(model) ?? (isFileUrl(model) ? new URL(model) : null);
  if (url !== null) return resolveLocation(path, url, "Weights");
  return `${folderOf(String(model))}${checkLocation(path, "Weights")}`;
}

function isFileUrl(source: string | URL): boolean {
  return /^file:/i.test(String(source));
}

/** With its slash; "" for a file in the current folder. */
function folderOf(path: string): string {
  return /^(.*[/\\])?/.exec(path)![0];
}

/**
 * Checks a file that a model names against symbolic links.
 *
 * @throws {XDeepError} MODEL_INVALID where it is one that leads out of the model's folder
 */
export async function checkLinks(file: string | URL, model: string | URL): Promise<void> {
  if (webAddress(file) !== null) return;
  const { realpath } = nodeFiles();
  // A file that is not there is reported by whoever reads it.
  const real = await realpath(fileOf(file)).catch(() => null);
  if (real === null || !leadsOut(real, [await realpath(fileOf(resolveResource(".", model))), folderOf(await realpath(fileOf(model)))])) return;
  throw new XDeepError(
    "MODEL_INVALID",
    `The weight file ${String(file)} is a symbolic link to "${real}", which leads out of the model's folder. If you trust the model, pass followSymlinks: true.`,
    { details: { source: String(file), path: real } },
  );
}

/**
 * The bytes of a file or URL. Paths and file: URLs are read from disk in Node; all else is fetched.
 *
 * @throws {XDeepError} the given code when it cannot be read
 */
export async function readResource(source: string | URL, code: XDeepErrorCode, what: string): Promise<Uint8Array> {
  const url = webAddress(source);
  if (url !== null) return fetchBytes(url, { code, what });
  try {
    return await nodeFiles().readFile(fileOf(source));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new XDeepError(code, `${what} ${String(source)} could not be read: ${reason}.`, { details: { source: String(source) }, cause });
  }
}

function nodeFiles(): typeof import("node:fs/promises") {
  const files = nodeModule("node:fs/promises") as typeof import("node:fs/promises") | null;
  if (files === null) throw new Error("it is a file on disk, and there is none here");
  return files;
}

function fileOf(source: string | URL): string | URL {
  return isFileUrl(source) ? new URL(source) : source;
}
