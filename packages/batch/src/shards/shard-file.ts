import { randomUUID } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { XDeepError } from "@xdeep/core";

import { isFileError, isThere, syncFolder, writeFailed, writeSynced } from "./durable-file.ts";
import { type Json, type Manifest, sha256 } from "../manifest/manifest.ts";
import { npyHead } from "../rows/npy.ts";
import { bytesOf, parquetBytes } from "./parquet-shard.ts";
import { VERSION } from "../version.ts";
import type { Outcome, RowRecord, Shard, ShardArray } from "../rows/row-record.ts";

const HEAD = "shard.json";

export function shardFolder(folder: string, shard: number): string {
  return join(folder, "shards", shardName(shard));
}

export function shardName(shard: number): string {
  return String(shard).padStart(6, "0");
}

/**
 * Writes a shard once: all its files or none. One that is there already stays, so that whoever comes second changes nothing.
 *
 * @throws {XDeepError} WRITE_FAILED
 */
export async function writeShard(folder: string, { id, shardFormat }: Manifest, shard: number, outcomes: readonly Outcome[], provenance: Json): Promise<void> {
  const { rows, explained } = placed(outcomes);
  const files = new Map<string, readonly Uint8Array[]>();
  const arrays: ShardArray[] = [];
  const names = [...new Set(explained.flatMap(({ values }) => Object.keys(values!)))];
  if (shardFormat === "npy") {
    const fileNames = arrayFiles(names);
    for (const [n, value] of names.entries()) {
      const tensors = explained.map(({ values }) => values![value]!);
      const dims = [tensors.length, ...tensors[0]!.dims];
      const [file, pieces] = [fileNames[n]!, [npyHead(dims), ...tensors.map(bytesOf)]];
      files.set(file, pieces);
      arrays.push({ value, file, sha256: sha256(pieces), dims });
    }
  }
  if (shardFormat === "parquet") {
    const bytes = parquetBytes(rows, explained, names, { manifest: id, shard, provenance });
    files.set("rows.parquet", [bytes]);
    const hash = sha256(bytes);
    for (const value of names) arrays.push({ value, file: "rows.parquet", sha256: hash, dims: [explained.length, ...explained[0]!.values![value]!.dims] });
  }
  const head: Shard = { format: "xdeep.shard/1", manifest: id, shard, version: VERSION, provenance, arrays, rows };
  files.set(HEAD, [Buffer.from(`${JSON.stringify(head)}\n`)]);
  await commit(folder, shard, files);
}

/** Names of files for arrays of these names: plain letters, and each its own. */
export function arrayFiles(values: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return values.map((value) => {
    const plain = value.replaceAll(/[^\w.-]+/g, "_");
    let name = plain;
    for (let count = 2; taken.has(name); count++) name = `${plain}-${count}`;
    taken.add(name);
    return `${name}.npy`;
  });
}

function placed(outcomes: readonly Outcome[]): { readonly rows: readonly RowRecord[]; readonly explained: readonly Outcome[] } {
  const explained = outcomes.filter(({ values }) => values !== null);
  let at = 0;
  return { rows: outcomes.map(({ record, values }) => ({ ...record, at: values === null ? null : at++ })), explained };
}

/** A folder takes its name at once, and never that of another one: the first one counts. */
async function commit(folder: string, shard: number, files: ReadonlyMap<string, readonly Uint8Array[]>): Promise<void> {
  const target = shardFolder(folder, shard);
  const unfinished = join(folder, "shards", `.${shardName(shard)}-${randomUUID()}`);
  try {
    // Where somebody has removed the results, none are begun anew beside the manifest that is gone.
    await mkdir(unfinished);
    for (const [name, pieces] of files) await writeSynced(join(unfinished, name), pieces);
    await syncFolder(unfinished);
    await rename(unfinished, target);
    await syncFolder(join(folder, "shards"));
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    if (!(await hasShard(folder, shard))) throw writeFailed(target, cause);
  }
  await removeUnfinished(folder, shard);
}

/** What others left who were stopped while they wrote this shard. */
async function removeUnfinished(folder: string, shard: number): Promise<void> {
  const names = await readdir(join(folder, "shards"));
  const left = names.filter((name) => name.startsWith(`.${shardName(shard)}-`));
  await Promise.all(left.map((name) => rm(join(folder, "shards", name), { recursive: true, force: true }).catch(() => undefined)));
}

export function hasShard(folder: string, shard: number): Promise<boolean> {
  return isThere(join(shardFolder(folder, shard), HEAD));
}

/** Numbers of the shards that are there, in order. */
export async function writtenShards(folder: string): Promise<readonly number[]> {
  const names = await readdir(join(folder, "shards")).catch((error: unknown) => {
    if (isFileError(error, "ENOENT")) return [];
    throw error;
  });
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);
}

/**
 * The head of a shard.
 *
 * @throws {XDeepError} INPUT_TYPE where it is damaged, or of another manifest
 */
export async function readShard(folder: string, shard: number, manifest: string): Promise<Shard> {
  const path = join(shardFolder(folder, shard), HEAD);
  try {
    const head = JSON.parse(await readFile(path, "utf8")) as Shard;
    if (head.format === "xdeep.shard/1" && head.manifest === manifest && head.shard === shard) return head;
  } catch (cause) {
    throw damaged(path, cause);
  }
  throw damaged(path, undefined);
}

function damaged(path: string, cause: unknown): XDeepError {
  return new XDeepError("INPUT_TYPE", `"${path}" is no shard of this job, or damaged. Remove its folder and explain again: it alone is done anew.`, {
    details: { path },
    cause,
  });
}
