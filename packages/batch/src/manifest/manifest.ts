import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { XDeepError } from "@xdeep/core";

import { isFileError, unreadable } from "../shards/durable-file.ts";

/** Plain data, as JSON holds it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined };

/** A file that is explained as one row. */
export interface FileRow {
  /** Relative to the manifest's base, with "/" between folders; absolute where it lies on another drive. */
  readonly file: string;
  /** SHA-256 of its content, in hexadecimal. */
  readonly sha256: string;
  /** What is explained, as the job reads it; missing: whatever the job explains by itself. */
  readonly target?: string;
  /** What the row is known to be. */
  readonly label?: string;
}

/** Where the rows are. */
export type RowSource =
  /** One file per row, listed in `rows.jsonl` beside the manifest. */
  | { readonly kind: "files"; readonly sha256: string }
  /** The rows of a CSV or Parquet file: the numbers of `columns` are the input. */
  | {
      readonly kind: "table";
      readonly file: string;
      readonly sha256: string;
      readonly columns: readonly string[];
      readonly target: string | null;
      readonly label: string | null;
    }
  /** The rows of an .npy array: its first axis. */
  | { readonly kind: "array"; readonly file: string; readonly sha256: string; readonly dims: readonly number[] };

/** How shards hold attributions. */
export type ShardFormat = "npy" | "parquet";

/** What is to be explained, and how: plain data. The same content has the same `id`, wherever and whenever it is made. */
export interface Manifest {
  readonly format: "xdeep.manifest/1";
  /** SHA-256 of everything but `base` and `places`. */
  readonly id: string;
  /** Folder to which paths of rows are relative. */
  readonly base: string;
  /** What the job needs and does not change its results, such as the path of the model. */
  readonly places: Json;
  /** What is done to every row: the model's hash, the method with its parameters, the preprocessing. */
  readonly job: Json;
  readonly rows: number;
  readonly shardSize: number;
  readonly shardFormat: ShardFormat;
  readonly source: RowSource;
}

/** A manifest with the rows that it lists. */
export interface ListedManifest {
  readonly manifest: Manifest;
  /** Empty where the rows are those of a table or an array. */
  readonly files: readonly FileRow[];
}

export const MANIFEST = "manifest.json";
export const ROWS = "rows.jsonl";

export function identified(content: Omit<Manifest, "format" | "id" | "base" | "places">, { base, places }: Pick<Manifest, "base" | "places">): Manifest {
  return { format: "xdeep.manifest/1", id: sha256(JSON.stringify(sorted(content as unknown as Json))), base, places, ...content };
}

/** The same rows, of which something else is made: what is done may only be known once they are listed. */
export function withJob({ manifest, files }: ListedManifest, job: Json, places: Json = null): ListedManifest {
  const { rows, shardSize, shardFormat, source, base } = manifest;
  return { manifest: identified({ job, rows, shardSize, shardFormat, source }, { base, places }), files };
}

/** Lines of a piece. A text ends at 2²⁹ letters, which some million rows have. */
const PIECE = 10_000;

/** The lines of `rows.jsonl`, in pieces. */
export function listOf(files: readonly FileRow[]): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(files.length / PIECE) }, (_, n) => {
    const lines = files.slice(n * PIECE, (n + 1) * PIECE).map((row) => `${JSON.stringify(row)}\n`);
    return Buffer.from(lines.join(""));
  });
}

function rowsIn(list: Buffer): readonly FileRow[] {
  const rows: FileRow[] = [];
  for (let start = 0, end = 0; start < list.length; start = end + 1) {
    end = list.indexOf("\n", start);
    rows.push(JSON.parse(list.toString("utf8", start, end)) as FileRow);
  }
  return rows;
}

/** Of pieces, that of the bytes of all of them. */
export function sha256(content: Uint8Array | string | readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const piece of typeof content === "string" || content instanceof Uint8Array ? [content] : content) hash.update(piece);
  return hash.digest("hex");
}

/** How many shards the rows make. */
export function shardCount({ rows, shardSize }: Pick<Manifest, "rows" | "shardSize">): number {
  return Math.ceil(rows / shardSize);
}

/** Rows of a shard: `end` is excluded. */
export function shardRange({ rows, shardSize }: Pick<Manifest, "rows" | "shardSize">, shard: number): { readonly start: number; readonly end: number } {
  return { start: shard * shardSize, end: Math.min(rows, (shard + 1) * shardSize) };
}

/** Numbers of the shards that are not among those that are written, in order. */
export function missingShards(manifest: Pick<Manifest, "rows" | "shardSize">, written: Iterable<number>): readonly number[] {
  const there = new Set(written);
  return Array.from({ length: shardCount(manifest) }, (_, n) => n).filter((n) => !there.has(n));
}

/** How many rows these shards have. */
export function rowsOfShards(manifest: Pick<Manifest, "rows" | "shardSize">, shards: readonly number[]): number {
  return shards.reduce((rows, shard) => {
    const { start, end } = shardRange(manifest, shard);
    return rows + end - start;
  }, 0);
}

/** @throws {XDeepError} INPUT_MISSING where the folder holds no results; INPUT_TYPE where its manifest cannot be read */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if (!isFileError(cause, "ENOENT", "ENOTDIR")) throw unreadable(path, cause);
    throw new XDeepError("INPUT_MISSING", `"${folder}" holds no results: there is no ${MANIFEST} in it. Name the folder that was given as out.`, {
      details: { folder },
      cause,
    });
  });
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.format === "xdeep.manifest/1") return manifest;
  } catch {
    // Told below.
  }
  throw new XDeepError("INPUT_TYPE", `"${path}" is no manifest of this version of xdeep. Name another folder.`, { details: { path } });
}

/** @throws {XDeepError} as `readManifest`; INPUT_CHANGED where the list is not that of the manifest */
export async function readListedManifest(folder: string): Promise<ListedManifest> {
  const manifest = await readManifest(folder);
  if (manifest.source.kind !== "files") return { manifest, files: [] };
  const list = await readFile(join(folder, ROWS)).catch((cause: unknown) => {
    throw unreadable(join(folder, ROWS), cause);
  });
  if (sha256(list) === manifest.source.sha256) return { manifest, files: rowsIn(list) };
  throw new XDeepError("INPUT_CHANGED", `"${join(folder, ROWS)}" is not the list that the manifest was made with. Start again in another folder.`, {
    details: { folder },
  });
}

/** The same data with its names in order, whatever order they were written in. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, each === undefined ? undefined : sorted(each)]));
}
