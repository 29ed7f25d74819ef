import { XDeepError, type XDeepErrorCode } from "@xdeep/core";
import { checkLocation, leadsOut, resolveLocation } from "@xdeep/core/backend";

/**
 * Where a file that a model names lies: beside or below it.
 *
 * @throws {XDeepError} MODEL_INVALID for a path that leads elsewhere
 */
export function resolveResource(path: string, model: string | URL): string | URL {
  if (model instanceof URL || isUrl(model)) return resolveLocation(path, new URL(model), "Weights");
  return `${folderOf(model)}${checkLocation(path, "Weights")}`;
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
  if (!isFile(file)) return;
  const { realpath } = await importFiles();
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
  try {
    return await (isFile(source) ? readFile(source) : fetchBytes(source));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new XDeepError(code, `${what} ${String(source)} could not be read: ${reason}.`, { details: { source: String(source) }, cause });
  }
}

function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(text) && !/^[a-z]:[/\\]/i.test(text);
}

function isFile(source: string | URL): boolean {
  const text = String(source);
  if (text.startsWith("file:")) return true;
  return typeof process !== "undefined" && process.versions?.node !== undefined && !isUrl(text);
}

async function readFile(source: string | URL): Promise<Uint8Array> {
  return (await importFiles()).readFile(fileOf(source));
}

function importFiles(): Promise<typeof import("node:fs/promises")> {
  // Named at run time, so that bundles for browsers leave it out.
  const specifier = "node:fs/promises";
  return import(/* @vite-ignore */ /* webpackIgnore: true */ specifier) as Promise<typeof import("node:fs/promises")>;
}

function fileOf(source: string | URL): string | URL {
  return typeof source === "string" && source.startsWith("file:") ? new URL(source) : source;
}

async function fetchBytes(source: string | URL): Promise<Uint8Array> {
  const response = await fetch(source);
  if (!response.ok) throw new Error(`HTTP ${response.status} ${response.statusText}`.trim());
  return new Uint8Array(await response.arrayBuffer());
}
