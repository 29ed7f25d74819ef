import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { XDeepError } from "@xdeep/core";

/** Whether the file system said this. */
export function isFileError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/**
 * Writes a file that is there whole, or as it was before, whatever is switched off meanwhile: under another name, synced, renamed.
 *
 * @throws {XDeepError} WRITE_FAILED
 */
export async function writeDurably(path: string, data: Uint8Array | string): Promise<void> {
  const unfinished = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeSynced(unfinished, data);
    await rename(unfinished, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw writeFailed(path, cause);
  }
}

/** Writes a new file through to the disk. */
export async function writeSynced(path: string, data: Uint8Array | string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(data);
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

export function writeFailed(path: string, cause: unknown): XDeepError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new XDeepError("WRITE_FAILED", `"${path}" cannot be written: ${reason}. Nothing of it was left behind; make room or name another place, and go on.`, {
    details: { path, code: cause instanceof Error && "code" in cause ? cause.code : null },
    cause,
  });
}
