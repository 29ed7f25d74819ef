import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Everything below `shards`, by path: its hash. */
export async function bytesOf(out: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(join(out, "shards"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashOf = async (file: string): Promise<string> =>
    createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
  return Object.fromEntries(await Promise.all(files.toSorted().map(async (file) => [file.slice(out.length), await hashOf(file)] as const)));
}
