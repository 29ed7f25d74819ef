import type { Manifest } from "@xdeep/batch";
import { type ValueInfo, XDeepError, sizeOf } from "@xdeep/core";

import { formatDims } from "../print/text/format-number.ts";

/** Names of columns that an error lists. */
const MOST_COLUMNS = 8;

/**
 * All rows of a table or an array have the same dims: where the model takes others, each of them would fail.
 *
 * @throws {XDeepError} INPUT_SHAPE
 */
export function checkRowDims({ source }: Manifest, { name, dims }: ValueInfo): void {
  if (source.kind === "files" || dims.length < 2) return;
  const got = source.kind === "table" ? [source.columns.length] : source.dims.slice(1);
  const expected = dims.slice(1);
  if (fits(got, expected) || (got.length === 1 && expected.every((dim) => dim !== null) && sizeOf(expected as number[]) === got[0])) return;
  const rows = source.kind === "table" ? `${got[0]} columns of numbers, ${listed(source.columns)}` : `rows of dims ${formatDims(got)}`;
  const advice = source.kind === "table" ? "Name those that it takes by --column values=NAME,NAME" : "Save an array whose first axis are the rows";
  throw new XDeepError("INPUT_SHAPE", `"${source.file}" has ${rows}, and input "${name}" takes ${formatDims(expected)} of each row. ${advice}.`, {
    details: { path: source.file, expected, got },
  });
}

function fits(got: readonly number[], expected: ValueInfo["dims"]): boolean {
  return got.length === expected.length && expected.every((dim, n) => dim === null || dim === got[n]);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_COLUMNS).map((name) => `"${name}"`);
  return names.length > MOST_COLUMNS ? `${shown.join(", ")} and ${names.length - MOST_COLUMNS} more` : shown.join(", ");
}
