import { XDeepError } from "@xdeep/core";

import { type Manifest, readManifest, shardCount } from "../manifest/manifest.ts";
import type { Shard } from "../rows/row-record.ts";
import { readShard, writtenShards } from "../shards/shard-file.ts";

/** A shard, and the folder that has it. */
export interface PlacedShard {
  readonly folder: string;
  readonly shard: Shard;
}

/** What one or several folders of the same job hold: the heads of all shards, in order. Read once, they do for all that is asked of them. */
export interface Results {
  readonly manifest: Manifest;
  readonly shards: readonly PlacedShard[];
}

/** @throws {XDeepError} INPUT_MISSING, OPTION_INVALID for folders; INPUT_TYPE for a damaged shard */
export async function readResults(folders: readonly string[]): Promise<Results> {
  const manifest = await sameManifest(folders);
  const found = new Map<number, string>();
  for (const folder of folders) for (const shard of await writtenShards(folder)) if (!found.has(shard)) found.set(shard, folder);
  const ordered = [...found].toSorted(([a], [b]) => a - b);
  const shards: PlacedShard[] = [];
  for (const [shard, folder] of ordered) shards.push({ folder, shard: await readShard(folder, shard, manifest.id) });
  return { manifest, shards };
}

/** Results that were read, or those of folders. @throws {XDeepError} as `readResults` */
export async function resultsOf(source: Results | readonly string[]): Promise<Results> {
  return "shards" in source ? source : readResults(source);
}

/** @throws {XDeepError} INPUT_MISSING where shards are missing */
export function requireWhole({ shards, manifest }: Results): void {
  const missing = shardCount(manifest) - shards.length;
  if (missing === 0) return;
  throw new XDeepError(
    "INPUT_MISSING",
    `${missing} of ${shardCount(manifest)} shards are missing. Explain again to make them, or merge what there is as partial.`,
    {
      details: { missing },
    },
  );
}

/** The manifest of all of them. @throws {XDeepError} OPTION_INVALID where there are several */
async function sameManifest(folders: readonly string[]): Promise<Manifest> {
  const manifests = await Promise.all(folders.map(readManifest));
  const other = manifests.findIndex(({ id }) => id !== manifests[0]!.id);
  if (other < 0) return manifests[0]!;
  throw new XDeepError("OPTION_INVALID", `"${folders[0]}" and "${folders[other]}" hold results of different jobs, which cannot be put together.`, {
    details: { folders: [folders[0], folders[other]] },
  });
}
