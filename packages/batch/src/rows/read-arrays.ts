import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { XDeepError, sizeOf } from "@xdeep/core";
import { parquetReadObjects } from "hyparquet";
import { parse } from "npyjs";

import { isFileError, unreadable } from "../shards/durable-file.ts";
import { sha256 } from "../manifest/manifest.ts";
import type { Shard } from "./row-record.ts";
import { shardFolder } from "../shards/shard-file.ts";

/**
 * The attributions of a shard by one name, rows that were explained in their order; an empty array where there are none.
 *
 * @throws {XDeepError} INPUT_TYPE where the file is damaged
 */
export function readShardArray(folder: string, shard: Shard, value: string): Promise<Float32Array> {
  return shardArrayReader(folder, shard)(value);
}

/** `readShardArray` for several names: a file that holds all of them is read once. */
export function shardArrayReader(folder: string, shard: Shard): (value: string) => Promise<Float32Array> {
  const files = new Map<string, Promise<ArrayBuffer>>();
  return async (value) => {
    const array = shard.arrays.find((each) => each.value === value);
    if (array === undefined) return new Float32Array(0);
    const { file, dims } = array;
    if (!files.has(file)) files.set(file, readWhole(join(shardFolder(folder, shard.shard), file), array.sha256));
    const bytes = await files.get(file)!;
    return file.endsWith(".npy") ? (parse(bytes).data as unknown as Float32Array) : fromParquet(bytes, value, sizeOf(dims));
  };
}

async function readWhole(path: string, expected: string): Promise<ArrayBuffer> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw isFileError(cause, "ENOENT") ? damaged(path, "it is gone") : unreadable(path, cause);
  });
  const { buffer, byteOffset, byteLength } = bytes;
  if (sha256(bytes) === expected) return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
  throw damaged(path, "its hash is not the one that was noted");
}

function damaged(path: string, why: string): XDeepError {
  return new XDeepError("INPUT_TYPE", `"${path}" is damaged: ${why}. Remove the folder of this shard and explain again.`, { details: { path } });
}

async function fromParquet(file: ArrayBuffer, value: string, size: number): Promise<Float32Array> {
  const rows = (await parquetReadObjects({ file, columns: [value], utf8: false })) as readonly Readonly<Record<string, Uint8Array | null>>[];
  const data = new Uint8Array(4 * size);
  let at = 0;
  for (const { [value]: bytes } of rows) {
    if (bytes == null) continue;
    data.set(bytes, at);
    at += bytes.length;
  }
  return new Float32Array(data.buffer);
}
