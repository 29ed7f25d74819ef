import { readFile } from "node:fs/promises";

import { XDeepError } from "@xdeep/core";
import { parse } from "csv-parse/sync";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";

import { isFileError } from "../shards/durable-file.ts";

/** A table of named columns. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: number;
  /** Those of lists and records, which are no number. */
  readonly nested: readonly string[];
  /** Rows `start` to `end` (excluded), with these columns alone. */
  read(columns: readonly string[], start: number, end: number): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** What a record holds in a column, as text; undefined where that is nothing, or there is no such column. */
export function textIn(record: Readonly<Record<string, unknown>>, column: string | null): string | undefined {
  const value = column === null ? undefined : record[column];
  return value === undefined || value === null || value === "" ? undefined : String(value);
}

export function isTable(path: string): boolean {
  return /\.(csv|parquet)$/i.test(path);
}

/**
 * Opens a CSV file, which is read whole, or a Parquet file, of which only the row groups that are asked for are read.
 *
 * @throws {XDeepError} INPUT_MISSING, INPUT_TYPE; so does reading
 */
export async function openTable(path: string): Promise<Table> {
  const table = await orUnreadable(path, () => (/\.csv$/i.test(path) ? openCsv(path) : openParquet(path)));
  const twice = table.columns.find((name, n) => table.columns.indexOf(name) < n);
  if (twice === undefined) return { ...table, read: (...rows) => orUnreadable(path, () => table.read(...rows)) };
  throw new XDeepError("INPUT_TYPE", `"${path}" has two columns "${twice}": give each a name of its own.`, { details: { path, column: twice } });
}

async function orUnreadable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const missing = isFileError(cause, "ENOENT");
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new XDeepError(
      missing ? "INPUT_MISSING" : "INPUT_TYPE",
      missing
        ? `There is no file "${path}".`
        : `"${path}" cannot be read as a table: ${why}. It is a CSV file with names in its first line, or a Parquet file.`,
      { details: { path }, cause },
    );
  }
}

/** What spreadsheets put between cells: a semicolon where the comma is in numbers. */
const DELIMITERS = [",", ";", "\t"] as const;

async function openCsv(path: string): Promise<Table> {
  const bytes = await readFile(path);
  if (!isUtf8(bytes) && !(bytes[0] === 0xff && bytes[1] === 0xfe)) throw new Error("its letters are not those of UTF-8: save it as CSV UTF-8");
  const recordsBy = (delimiter: string, to?: number): string[][] =>
    parse(bytes, { bom: true, skipEmptyLines: true, trim: true, delimiter, ...(to === undefined ? {} : { to }) });
  const widths = DELIMITERS.map((delimiter) => columnsBy(() => recordsBy(delimiter, 1)));
  const [columns = [], ...records] = recordsBy(DELIMITERS[widths.indexOf(Math.max(...widths))]!);
  if (isLineOfNumbers(columns)) throw new Error("its first line holds numbers and no names");
  const places = new Map(columns.map((name, n) => [name, n]));
  return {
    columns,
    rows: records.length,
    nested: [],
    read: async (names, start, end) => records.slice(start, end).map((record) => Object.fromEntries(names.map((name) => [name, record[places.get(name)!]]))),
  };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** 0, 1, 2 are names that some writers give; 5.1 is none. */
function isLineOfNumbers(names: readonly string[]): boolean {
  return names.every((name) => name !== "" && Number.isFinite(Number(name))) && names.some((name) => !/^\d+$/.test(name));
}

/** How many columns the first line has; 0 where quotes are not closed so. */
function columnsBy(read: () => string[][]): number {
  try {
    return read()[0]?.length ?? 0;
  } catch {
    return 0;
  }
}

async function openParquet(path: string): Promise<Table> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const { compressors } = await import("hyparquet-compressors");
  const { children } = parquetSchema(metadata);
  return {
    columns: children.map(({ element }) => element.name),
    nested: children.filter((child) => child.children.length > 0).map(({ element }) => element.name),
    rows: Number(metadata.num_rows),
    read: async (columns, rowStart, rowEnd) => parquetReadObjects({ file, metadata, compressors, columns: [...columns], rowStart, rowEnd }),
  };
}
