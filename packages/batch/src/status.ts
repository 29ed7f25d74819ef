import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { missingShards, readManifest, shardCount } from "./manifest.ts";
import type { RowRecord } from "./row-record.ts";
import { readShard, writtenShards } from "./shard-file.ts";

/** What a folder of results holds. */
export interface BatchStatus {
  readonly manifest: string;
  readonly shards: { readonly done: number; readonly total: number; readonly missing: readonly number[] };
  readonly rows: { readonly explained: number; readonly failed: number; readonly total: number };
  /** How many rows failed with each code. */
  readonly errors: Readonly<Record<string, number>>;
  /** Rows that failed; the first hundred. */
  readonly failures: readonly (Pick<RowRecord, "row" | "name"> & { readonly code: string; readonly message: string })[];
  /** Shards that somebody has begun, or was stopped at. */
  readonly begun: readonly number[];
}

const MOST_LISTED = 100;

/**
 * Reads how far a folder of results is. Anybody may, while others work.
 *
 * @throws {XDeepError} INPUT_MISSING where it holds no results; INPUT_TYPE for a damaged shard
 */
export async function batchStatus(folder: string): Promise<BatchStatus> {
  const manifest = await readManifest(folder);
  const written = await writtenShards(folder);
  const there = new Set(written);
  const errors: Record<string, number> = {};
  const failures: BatchStatus["failures"][number][] = [];
  let explained = 0;
  let failed = 0;
  for (const shard of written) {
    for (const { row, name, error } of (await readShard(folder, shard, manifest.id)).rows) {
      if (error === undefined) {
        explained += 1;
        continue;
      }
      failed += 1;
      errors[error.code] = (errors[error.code] ?? 0) + 1;
      if (failures.length < MOST_LISTED) failures.push({ row, name, ...error });
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
