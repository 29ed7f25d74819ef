import { XDeepError } from "@xdeep/core";
import { makeFolder } from "@xdeep/core/backend";

/**
 * Writes a file, and the folders above it where they are missing. Whoever reads it finds all of it or what was there before: it is written under
 * another name beside it and renamed.
 *
 * @throws {XDeepError} WRITE_FAILED when the file system refuses: the disk is full, the folder is read-only, the path leads through a file.
 */
export async function writeWholeFile(path: string | URL, data: Uint8Array | string | Iterable<Uint8Array>): Promise<void> {
  const [fs, { dirname, join }, { fileURLToPath }] = await Promise.all([import("node:fs/promises"), import("node:path"), import("node:url")]);
  const named = path instanceof URL ? fileURLToPath(path) : path;
  try {
    await makeFolder(dirname(named));
    const file = await fs.realpath(named).catch(() => named);
    const found = await fs.stat(file).catch(() => null);
    // A device or pipe is written into; a file renamed onto it would take its place.
    if (found !== null && !found.isFile()) return await fs.writeFile(file, data);
    const unfinished = join(dirname(file), `.xdeep-${globalThis.crypto.randomUUID()}.tmp`);
    try {
      await fs.writeFile(unfinished, data, { flag: "wx" });
      await fs.rename(unfinished, file);
    } finally {
      await fs.rm(unfinished, { force: true });
    }
  } catch (cause) {
    throw writeFailed(named, cause);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "your share of the disk is used up",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "a part of the path is a file, not a folder",
  ENAMETOOLONG: "the name is too long",
};

function writeFailed(path: string, cause: unknown): XDeepError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const reason = REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new XDeepError("WRITE_FAILED", `"${path}" cannot be written: ${reason}. Nothing of it was left behind; name another place, or make room.`, {
    details: { path, code },
    cause,
  });
}
