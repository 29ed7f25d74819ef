import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { type Failures, createFailureList } from "./failure-list.ts";
import { missingShards, readManifest, shardCount } from "../manifest/manifest.ts";
import { readShard, writtenShards } from "../shards/shard-file.ts";

/** What a folder of results holds. */
export interface BatchStatus extends Failures {
  readonly manifest: string;
  readonly shards: { readonly done: number; readonly total: number; readonly missing: readonly number[] };
  readonly rows: { readonly explained: number; readonly failed: number; readonly total: number };
  /** Shards that somebody has begun, or was stopped at. */
  readonly begun: readonly number[];
}

/**
 * Reads how far a folder of results is. Anybody may, while others work.
 *
 * @throws {XDeepError} INPUT_MISSING where it holds no results; INPUT_TYPE for a damaged shard
 */
export async function batchStatus(folder: string): Promise<BatchStatus> {
  const manifest = await readManifest(folder);
  const written = await writtenShards(folder);
  const there = new Set(written);
  const { errors, failures, add } = createFailureList();
  let explained = 0;
  let failed = 0;
  for (const shard of written) {
    for (const record of (await readShard(folder, shard, manifest.id)).rows) {
      if (add(record)) failed += 1;
      else explained += 1;
    }
  }
  const begun = (await readdir(join(folder, "attempts")).catch((): string[] => []))
    .map((name) => Number(name.replace(".json", "")))
    .filter((n) => !there.has(n));
  return {
    manifest: manifest.id,
    shards: { done: written.length, total: shardCount(manifest), missing: missingShards(manifest, written) },
    rows: { explained, failed, total: manifest.rows },
    errors,
    failures,
    begun: begun.toSorted((a, b) => a - b),
  };
}
