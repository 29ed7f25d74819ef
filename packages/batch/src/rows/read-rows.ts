import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";

import { XDeepError, sizeOf } from "@xdeep/core";

import { hashFile } from "../manifest/create-manifest.ts";
import { requireFile, unreadable } from "../shards/durable-file.ts";
import { type ListedManifest, type RowSource, sha256 } from "../manifest/manifest.ts";
import { readNpyHead, readNpyRows } from "./npy.ts";
import { openTable, textIn } from "../manifest/table.ts";

/** What a row holds: a file, or numbers. */
export type RowInput = { readonly kind: "file"; readonly path: string; readonly bytes: Uint8Array } | RowNumbers;

export interface RowNumbers {
  readonly kind: "numbers";
  /** Of one sample: there is no batch axis. */
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

/** One row of a manifest. */
export interface Row {
  /** Its place in the manifest. */
  readonly index: number;
  /** The path as the manifest has it, or the table or array with the number of the row. */
  readonly name: string;
  /** Of a file; null for rows of tables and arrays, whose hash is that of the whole. */
  readonly sha256: string | null;
  readonly target?: string | undefined;
  readonly label?: string | undefined;
  /**
   * Reads what the row holds.
   *
   * @throws {XDeepError} INPUT_MISSING, INPUT_TYPE; INPUT_CHANGED for a file that is not the one that was listed
   */
  load(): Promise<RowInput>;
}

/** Reads rows of a manifest by their range. */
export type ReadRows = (start: number, end: number) => Promise<readonly Row[]>;

/**
 * @param base where relative paths begin, if not where the manifest says
 * @throws {XDeepError} INPUT_MISSING, INPUT_TYPE, INPUT_CHANGED for a table or an array that is not the one that was listed
 */
export async function rowReader({ manifest, files }: ListedManifest, base: string = manifest.base): Promise<ReadRows> {
  const { source } = manifest;
  if (source.kind === "files") {
    return async (start, end) =>
      files.slice(start, end).map(({ file, sha256: hash, target, label }, n) => ({
        index: start + n,
        name: file,
        sha256: hash,
        target,
        label,
        load: async () => readUnchanged(resolve(base, file), file, hash),
      }));
  }
  const path = resolve(base, source.file);
  await checkUnchanged(path, source.sha256);
  return source.kind === "array" ? arrayReader(path, source.file) : tableReader(path, source);
}

async function arrayReader(path: string, name: string): Promise<ReadRows> {
  const head = await readNpyHead(path);
  const dims = head.dims.slice(1);
  const size = sizeOf(dims);
  return async (start, end) => {
    const data = await readNpyRows(path, head, start, end);
    return Array.from({ length: end - start }, (_, n) => ({
      index: start + n,
      name: `${name}#${start + n}`,
      sha256: null,
      load: async () => ({ kind: "numbers", dims, data: data.subarray(n * size, (n + 1) * size) }),
    }));
  };
}

async function tableReader(path: string, { file, columns, target, label }: Extract<RowSource, { readonly kind: "table" }>): Promise<ReadRows> {
  const table = await openTable(path);
  const names = [...columns, ...[target, label].filter((name) => name !== null)];
  return async (start, end) => {
    const records = await table.read(names, start, end);
    return records.map((record, n) => {
      const name = `${file}#${start + n}`;
      return {
        index: start + n,
        name,
        sha256: null,
        target: textIn(record, target),
        label: textIn(record, label),
        load: async () => ({ kind: "numbers", dims: [columns.length], data: Float64Array.from(columns, (column) => numberIn(record[column], column, name)) }),
      };
    });
  };
}

/** Letters of what stands where a number should. */
const MOST_SHOWN = 60;

function numberIn(value: unknown, column: string, row: string): number {
  // A date would be its milliseconds, and spaces would be 0.
  const isNumeric = typeof value === "string" ? value.trim() !== "" : typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
  const number = isNumeric ? Number(value) : NaN;
  if (Number.isFinite(number)) return number;
  const shown = JSON.stringify(value)?.slice(0, MOST_SHOWN) ?? "nothing";
  throw new XDeepError("INPUT_TYPE", `Column "${column}" holds ${shown}, which is no finite number. Fill it in, or leave out the row or the column.`, {
    details: { row, column },
  });
}

/**
 * Errors of a row are part of its shard, and so name the file as the manifest does: the same on every machine.
 *
 * The thread reads by itself. It explains one row after the other and has nothing else to do, and a file that threads of the system read costs it four
 * waits for a core, which on a machine with as many workers as cores are as long as decoding the picture.
 */
function readUnchanged(path: string, name: string, expected: string): RowInput {
  const bytes = readNow(path, name);
  if (sha256(bytes) === expected) return { kind: "file", path, bytes };
  throw changed(name, expected);
}

function readNow(path: string, name: string): Uint8Array {
  try {
    requireFile(statSync(path));
    return readFileSync(path);
  } catch (cause) {
    throw unreadable(name, cause);
  }
}

async function checkUnchanged(path: string, expected: string): Promise<void> {
  const found = await hashFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (found !== expected) throw changed(path, expected);
}

function changed(name: string, expected: string): XDeepError {
  return new XDeepError("INPUT_CHANGED", `"${name}" is not what it was when the inputs were listed. Start again in another folder, or bring the file back.`, {
    details: { path: name, expected },
  });
}
