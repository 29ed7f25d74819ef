import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";

import { XDeepError, sizeOf } from "@xdeep/core";
import { makeFolder } from "@xdeep/core/backend";

import { MANIFEST } from "../manifest/manifest.ts";
import { isThere, writeDurably, writeFailed } from "../shards/durable-file.ts";
import { npyHead } from "../rows/npy.ts";
import { readShardArray } from "../rows/read-arrays.ts";
import type { RowRecord } from "../rows/row-record.ts";
import { arrayFiles } from "../shards/shard-file.ts";
import { type PlacedShard, type Results, requireWhole, resultsOf } from "./results.ts";

export interface MergeOptions {
  /** Merge what there is, although shards are missing. Default: false. */
  readonly partial?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Merged {
  readonly rows: number;
  readonly explained: number;
  readonly arrays: readonly { readonly value: string; readonly file: string; readonly dims: readonly number[] }[];
}

/**
 * Puts the shards of one or several folders of the same job together: one .npy array for each name of attributions, and `rows.jsonl`, whose `at` is a
 * row's place in the arrays. In memory are the arrays of one shard, and what all say of their rows.
 *
 * @throws {XDeepError} INPUT_MISSING where shards are missing; OPTION_INVALID for folders of different jobs; INPUT_SHAPE where shards differ in
 * dims; INPUT_TYPE for a damaged shard; OPTION_INVALID for a place that holds results; WRITE_FAILED
 */
export async function mergeShards(source: Results | readonly string[], out: string, { partial = false, signal }: MergeOptions = {}): Promise<Merged> {
  const results = await resultsOf(source);
  const { manifest, shards } = results;
  await refuseResults(out);
  if (!partial) requireWhole(results);
  const values = [...new Set(shards.flatMap(({ shard }) => shard.arrays.map(({ value }) => value)))];
  const arrays: Merged["arrays"][number][] = [];
  await makeFolder(out).catch((cause: unknown) => {
    throw writeFailed(out, cause);
  });
  const files = arrayFiles(values);
  for (const [n, value] of values.entries()) arrays.push(await mergeArray(shards, { value, file: files[n]!, out, signal }));
  let [rows, explained] = [0, 0];
  // Shard by shard: one text of all rows would end at half a million of them.
  await writeDurably(join(out, "rows.jsonl"), async (target) => {
    for (const { shard } of shards) {
      rows += shard.rows.length;
      const records = shard.rows.map((record): RowRecord => ({ ...record, at: record.at === null ? null : explained++ }));
      await target.writeFile(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    }
  });
  const merged = { rows, explained, arrays };
  await writeDurably(
    join(out, "merged.json"),
    `${JSON.stringify({ manifest: manifest.id, job: manifest.job, provenance: shards[0]?.shard.provenance, ...merged }, null, 2)}\n`,
  );
  return merged;
}

/** Results have a `rows.jsonl` of their own, without which nobody goes on with them. */
async function refuseResults(out: string): Promise<void> {
  if (!(await isThere(join(out, MANIFEST)))) return;
  throw new XDeepError("OPTION_INVALID", `"${out}" is a folder of results, whose list of rows would be replaced. Name another folder for what is merged.`, {
    details: { option: "out", got: out },
  });
}

interface MergeArrayOptions {
  readonly value: string;
  readonly file: string;
  readonly out: string;
  readonly signal: AbortSignal | undefined;
}

async function mergeArray(shards: readonly PlacedShard[], { value, file, out, signal }: MergeArrayOptions): Promise<Merged["arrays"][number]> {
  const parts = shards.flatMap(({ shard }) => shard.arrays.filter((array) => array.value === value));
  const rowDims = parts[0]!.dims.slice(1);
  const other = parts.find(({ dims }) => dims.slice(1).join() !== rowDims.join());
  if (other !== undefined) {
    throw new XDeepError("INPUT_SHAPE", `Shards differ in the dims of "${value}": [${rowDims.join(", ")}] and [${other.dims.slice(1).join(", ")}].`, {
      details: { value, dims: rowDims, other: other.dims.slice(1) },
    });
  }
  const dims = [parts.reduce((rows, part) => rows + part.dims[0]!, 0), ...rowDims];
  const head = npyHead(dims);
  const write = async (target: FileHandle): Promise<void> => {
    await target.writeFile(head);
    for (const { folder, shard } of shards) {
      signal?.throwIfAborted();
      await append(target, await readShardArray(folder, shard, value));
    }
    const { size } = await target.stat();
    if (size !== head.length + 4 * sizeOf(dims)) throw new Error(`${size} bytes were written, which do not fit dims [${dims.join(", ")}]`);
  };
  await writeDurably(join(out, file), write).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
  return { value, file, dims };
}

async function append(target: FileHandle, { buffer, byteOffset, byteLength }: Float32Array): Promise<void> {
  await target.writeFile(new Uint8Array(buffer, byteOffset, byteLength));
}
