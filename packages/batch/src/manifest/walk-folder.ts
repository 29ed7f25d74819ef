import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";

import { MANIFEST } from "./manifest.ts";
import { unreadable } from "../shards/durable-file.ts";

/**
 * Paths of the files in a folder and in those inside it, without what begins with a dot, and without pipes and sockets. Links are followed, but no folder is gone
 * through twice: one that links to a folder above it has no end. Results are no inputs: those of a run into a folder of its own inputs would be its next ones.
 */
export async function walkFolder(folder: string): Promise<readonly string[]> {
  const seen = new Set<string>();
  const files: string[] = [];
  const open = [folder];
  for (const path of open) {
    const real = await realpath(path);
    if (seen.has(real)) continue;
    seen.add(real);
    const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
      throw unreadable(path, cause);
    });
    if (isResults(entries)) continue;
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      const inside = join(path, entry.name);
      if (await isFolder(entry, inside)) open.push(inside);
      else if (entry.isFile() || entry.isSymbolicLink()) files.push(inside);
    }
  }
  return files.toSorted();
}

function isResults(entries: readonly Dirent[]): boolean {
  const names = new Set(entries.map(({ name }) => name));
  return names.has(MANIFEST) && names.has("shards");
}

/** A link that leads nowhere is a file that cannot be read. */
async function isFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return stat(path).then(
    (target) => target.isDirectory(),
    () => false,
  );
}
