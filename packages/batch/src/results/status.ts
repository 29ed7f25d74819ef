import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { type Failures, createFailureList } from "./failure-list.ts";
import { missingShards, shardCount } from "../manifest/manifest.ts";
import { type Results, readResults } from "./results.ts";

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
 * @param results what `readResults` read of this folder: heads of shards are then not read again
 * @throws {XDeepError} INPUT_MISSING where it holds no results; INPUT_TYPE for a damaged shard
 */
export async function batchStatus(folder: string, results?: Results): Promise<BatchStatus> {
  const { manifest, shards } = results ?? (await readResults([folder]));
  const written = shards.map(({ shard }) => shard.shard);
  const there = new Set(written);
  const { errors, failures, add } = createFailureList();
  const records = shards.flatMap(({ shard }) => shard.rows);
  const failed = records.filter(add).length;
  const begun = (await readdir(join(folder, "attempts")).catch((): string[] => []))
    .map((name) => Number(name.replace(".json", "")))
    .filter((n) => !there.has(n));
  return {
    manifest: manifest.id,
    shards: { done: written.length, total: shardCount(manifest), missing: missingShards(manifest, written) },
    rows: { explained: records.length - failed, failed, total: manifest.rows },
    errors,
    failures,
    begun: begun.toSorted((a, b) => a - b),
  };
}
