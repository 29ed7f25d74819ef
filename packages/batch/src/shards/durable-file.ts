import { randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import { type FileHandle, link, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { XDeepError, isXDeepError } from "@xdeep/core";
import { makeFolder } from "@xdeep/core/backend";

/** Whether the file system said this. */
export function isFileError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/**
 * Writes a file that is there whole, or as it was before, whatever is switched off meanwhile: under another name, synced, renamed.
 *
 * @throws {XDeepError} WRITE_FAILED; what the writer throws as one
 */
export async function writeDurably(path: string, content: Content): Promise<void> {
  const unfinished = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    await makeFolder(dirname(path));
    await writeSynced(unfinished, content);
    await rename(unfinished, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw isXDeepError(cause) ? cause : writeFailed(path, cause);
  }
}

/**
 * Writes a file that is there whole, unless there is one already; says whether it did.
 *
 * @throws {XDeepError} WRITE_FAILED
 */
export async function writeNew(path: string, content: Content): Promise<boolean> {
  const unfinished = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    await writeSynced(unfinished, content);
    await link(unfinished, path).catch((error: unknown) => {
      // Where files have no second name, the last one to come takes it.
      if (isFileError(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS")) return rename(unfinished, path);
      throw error;
    });
    await syncFolder(dirname(path));
    return true;
  } catch (cause) {
    if (isFileError(cause, "EEXIST")) return false;
    throw isXDeepError(cause) ? cause : writeFailed(path, cause);
  } finally {
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
}

/** What a file will hold, or what writes it. */
type Content = Uint8Array | string | readonly Uint8Array[] | ((file: FileHandle) => Promise<void>);

/** Writes a new file through to the disk. */
export async function writeSynced(path: string, content: Content): Promise<void> {
  const file = await open(path, "wx");
  try {
    await (typeof content === "function" ? content(file) : writeFile(file, content));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder durable, where the system lets folders be opened. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => null);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/** Whether there is something at a path, as far as this user may see. */
export function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Throws for what is found at the path of a file and is a folder, a pipe, a socket or a device: whoever reads some of these waits without end. */
export function requireFile(entry: Stats): void {
  if (!entry.isFile()) throw new Error(entry.isDirectory() ? "it is a folder" : "it is a pipe, a socket or a device, and no file");
}

/** @param name of the file as the user knows it, or as every machine has it */
export function unreadable(name: string, cause: unknown): XDeepError {
  return new XDeepError("INPUT_MISSING", `"${name}" cannot be read: ${reasonOf(cause)}.`, { details: { path: name }, cause });
}

/** Node writes "ENOENT: no such file or directory, open '/path'": the path is another on each machine. */
function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return cause instanceof Error && "syscall" in cause ? text.split(", ")[0]! : text;
}

export function writeFailed(path: string, cause: unknown): XDeepError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new XDeepError("WRITE_FAILED", `"${path}" cannot be written: ${reason}. Nothing of it was left behind; make room or name another place, and go on.`, {
    details: { path, code: cause instanceof Error && "code" in cause ? cause.code : null },
    cause,
  });
}
