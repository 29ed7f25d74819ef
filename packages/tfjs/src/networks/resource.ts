import { XDeepError, type XDeepErrorCode } from "@xdeep/core";

/** Where a file named inside another lies: beside it. */
export function resolveResource(path: string, beside: string | URL): string | URL {
  if (isUrl(path)) return path;
  if (beside instanceof URL) return new URL(path, beside);
  if (isUrl(beside)) return new URL(path, beside);
  const folder = /^(.*[/\\])?/.exec(beside)![0];
  return `${folder}${path}`;
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
  // Named at run time, so that bundles for browsers leave it out.
  const specifier = "node:fs/promises";
  const fs = (await import(/* @vite-ignore */ /* webpackIgnore: true */ specifier)) as typeof import("node:fs/promises");
  return fs.readFile(typeof source === "string" && source.startsWith("file:") ? new URL(source) : source);
}

async function fetchBytes(source: string | URL): Promise<Uint8Array> {
  const response = await fetch(source);
  if (!response.ok) throw new Error(`HTTP ${response.status} ${response.statusText}`.trim());
  return new Uint8Array(await response.arrayBuffer());
}
