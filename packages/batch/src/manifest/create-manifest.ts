import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname, isAbsolute, relative, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";

import { XDeepError } from "@xdeep/core";
import { checkOptionNames, demandCount, demandOption } from "@xdeep/core/method";
import { glob, isDynamicPattern } from "tinyglobby";

import { type FileRow, type Json, type ListedManifest, type RowSource, type ShardFormat, identified, listOf, sha256 } from "./manifest.ts";
import { readNpyHead } from "../rows/npy.ts";
import { type Table, isTable, openTable, textIn } from "./table.ts";
import { isFileError, requireFile, unreadable } from "../shards/durable-file.ts";
import { walkFolder } from "./walk-folder.ts";

export interface ManifestOptions {
  /**
   * Files, folders (with the folders inside them) and globs; or one CSV or Parquet table; or one .npy array, whose first axis are the rows.
   * A table with a column of files lists files; any other has an input in each row.
   */
  readonly inputs: readonly string[];
  /** What is done to every row. It is part of the id, and must say all that changes results: the model's hash, the method and its parameters. */
  readonly job: Json;
  /** What the job needs and does not change results, such as paths. Default: null. */
  readonly places?: Json | undefined;
  /** Rows of a shard: what is lost when a machine is switched off. Default: 64. */
  readonly shardSize?: number | undefined;
  /** Default: "npy". */
  readonly shardFormat?: ShardFormat | undefined;
  /** Which extensions a folder's files have, without the dot. Default: those of pictures; of a folder without pictures .npy and .json, a row in each. */
  readonly extensions?: readonly string[] | undefined;
  /** Of a table. Default: "file" or "path", "target", "label" where they exist; all others are numbers. */
  readonly columns?: TableColumns | undefined;
  /** Where relative paths begin, and those in a table. Default: the current folder. */
  readonly base?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called as files are hashed. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}

export interface TableColumns {
  readonly file?: string | undefined;
  readonly target?: string | undefined;
  readonly label?: string | undefined;
  /** Columns of numbers, in the order of the model's input. */
  readonly values?: readonly string[] | undefined;
}

const PICTURES: readonly string[] = ["png", "jpg", "jpeg", "webp", "gif", "tif", "tiff", "avif"];
const NUMBERS: readonly string[] = ["npy", "json"];
const FILE_COLUMNS: readonly string[] = ["file", "path"];
const DEFAULT_SHARD_SIZE = 64;
/** Files that are hashed at a time. */
const HASHED_AT_ONCE = 8;

/**
 * Finds the rows, and hashes what they hold.
 *
 * @throws {XDeepError} INPUT_MISSING for inputs that bring no row; INPUT_TYPE, INPUT_SHAPE for tables and arrays; OPTION_INVALID
 */
export async function createManifest(options: ManifestOptions): Promise<ListedManifest> {
  checkOptionNames("createManifest", options, ["inputs", "job", "places", "shardSize", "shardFormat", "extensions", "columns", "base", "signal", "onProgress"]);
  const { inputs, job, places = null, shardSize = DEFAULT_SHARD_SIZE, shardFormat = "npy" } = options;
  demandCount("createManifest", "shardSize", shardSize);
  demandOption(shardFormat === "npy" || shardFormat === "parquet", "createManifest", "shardFormat", shardFormat, '"npy" or "parquet"');
  const [only] = inputs;
  const listing = { ...options, base: resolve(options.base ?? process.cwd()) };
  const { source, rows, files } =
    inputs.length === 1 && isTable(only!)
      ? await tableRows(only!, listing)
      : isArray(inputs)
        ? await arrayRows(only!, listing)
        : await fileRows(inputs, listing);
  if (rows === 0) throw new XDeepError("INPUT_MISSING", `${inputs.join(", ")}: there is no row in it.`, { details: { inputs } });
  return { manifest: identified({ job, rows, shardSize, shardFormat, source }, { base: listing.base, places }), files };
}

/** With the base as a path from the root. */
type Listing = ManifestOptions & { readonly base: string };
type Found = { readonly source: RowSource; readonly rows: number; readonly files: readonly FileRow[] };

function isArray(inputs: readonly string[]): boolean {
  return inputs.length === 1 && /\.npy$/i.test(inputs[0]!) && !isDynamicPattern(inputs[0]!);
}

async function fileRows(inputs: readonly string[], options: Listing): Promise<Found> {
  const found: string[] = [];
  for (const input of inputs) found.push(...(await filesOf(input, options)));
  return hashed(
    [...new Set(found)].map((file) => ({ file })),
    options,
  );
}

async function filesOf(input: string, { base, extensions }: Listing): Promise<readonly string[]> {
  const path = resolve(base, input);
  const entry = await stat(path).catch((cause: unknown) => {
    if (isFileError(cause, "ENOENT", "ENOTDIR", "EINVAL")) return null;
    throw unreadable(input, cause);
  });
  if (entry?.isFile()) return [path];
  if (entry?.isDirectory()) {
    const kinds = extensions === undefined ? [PICTURES, NUMBERS] : [extensions];
    const files = await walkFolder(path);
    for (const kind of kinds) {
      const wanted = new Set(kind.map((extension) => `.${extension.toLowerCase()}`));
      const kept = files.filter((file) => wanted.has(extname(file).toLowerCase()));
      if (kept.length > 0) return kept;
    }
    throw new XDeepError("INPUT_MISSING", `The folder "${input}" and those in it hold no file of ${kinds.flat().join(", ")}. Name another folder, or a glob.`, {
      details: { input, extensions: kinds.flat() },
    });
  }
  if (entry !== null) {
    throw new XDeepError("INPUT_TYPE", `"${input}" is a pipe, a socket or a device. Rows are read again whenever work goes on: save it as a file.`, {
      details: { input },
    });
  }
  const matches = isDynamicPattern(input) ? await glob(input.replaceAll("\\", "/"), { cwd: base, absolute: true, expandDirectories: false }) : [];
  if (matches.length > 0) return matches.toSorted();
  throw new XDeepError("INPUT_MISSING", `There is no file or folder "${input}", and nothing that it matches. Relative paths begin at "${base}".`, {
    details: { input },
  });
}

async function arrayRows(input: string, { base }: Listing): Promise<Found> {
  const path = resolve(base, input);
  const { dims } = await readNpyHead(path);
  return { source: { kind: "array", file: relativeTo(base, path), sha256: await hashFile(path), dims }, rows: dims[0]!, files: [] };
}

async function tableRows(input: string, options: Listing): Promise<Found> {
  const { base, columns = {} } = options;
  const path = resolve(base, input);
  const table = await openTable(path);
  const file = named(table, input, columns.file, columns.values === undefined ? FILE_COLUMNS : []);
  const target = named(table, input, columns.target, ["target"]);
  const label = named(table, input, columns.label, ["label"]);
  if (file !== null) return listedFiles(table, input, { file, target, label }, options);
  const values = columns.values ?? table.columns.filter((name) => name !== target && name !== label);
  for (const name of values) named(table, input, name, []);
  if (values.length === 0)
    throw new XDeepError("INPUT_TYPE", `"${input}" has no column of files or of numbers.`, { details: { input, columns: table.columns } });
  const nested = values.find((name) => table.nested.includes(name));
  if (nested !== undefined) {
    throw new XDeepError("INPUT_TYPE", `Column "${nested}" of "${input}" holds lists or records. Give each number a column, or save them as an .npy array.`, {
      details: { input, column: nested },
    });
  }
  return { source: { kind: "table", file: relativeTo(base, path), sha256: await hashFile(path), columns: values, target, label }, rows: table.rows, files: [] };
}

async function listedFiles(
  table: Table,
  input: string,
  { file, target, label }: { readonly file: string; readonly target: string | null; readonly label: string | null },
  options: Listing,
): Promise<Found> {
  const names = [file, target, label].filter((name) => name !== null);
  const records = await table.read(names, 0, table.rows);
  const rows = records.map((record, n) => {
    const path = textIn(record, file);
    if (path === undefined) throw new XDeepError("INPUT_MISSING", `"${input}", row ${n}: its column "${file}" is empty.`, { details: { input, row: n } });
    const [targetText, labelText] = [textIn(record, target), textIn(record, label)];
    return { file: path, ...(targetText === undefined ? {} : { target: targetText }), ...(labelText === undefined ? {} : { label: labelText }) };
  });
  return hashed(rows, options);
}

/** The column of this name; or, where none was asked for, the first of the usual ones. */
function named({ columns }: Table, input: string, asked: string | undefined, usual: readonly string[]): string | null {
  if (asked === undefined) return usual.find((name) => columns.includes(name)) ?? null;
  if (columns.includes(asked)) return asked;
  throw new XDeepError("OPTION_INVALID", `"${input}" has no column "${asked}". It has ${columns.join(", ")}.`, {
    details: { option: "columns", got: asked, columns },
  });
}

/** A file that cannot be read is a row that will fail: its hash is that of nothing. */
async function hashed(rows: readonly Omit<FileRow, "sha256">[], { base, signal, onProgress }: Listing): Promise<Found> {
  const files: FileRow[] = Array.from({ length: rows.length });
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < rows.length) {
      signal?.throwIfAborted();
      const n = next++;
      const { file, ...rest } = rows[n]!;
      const path = resolve(base, file);
      files[n] = { file: relativeTo(base, path), sha256: await hashFile(path).catch(() => ""), ...rest };
      done += 1;
      onProgress?.({ done, total: rows.length });
    }
  };
  await Promise.all(Array.from({ length: HASHED_AT_ONCE }, work));
  return { source: { kind: "files", sha256: sha256(listOf(files)) }, rows: files.length, files };
}

/** SHA-256 of a file, however large. */
export async function hashFile(path: string): Promise<string> {
  requireFile(await stat(path));
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

function relativeTo(base: string, path: string): string {
  const short = relative(base, path);
  return (isAbsolute(short) ? path : short).replaceAll(sep, "/");
}
