import type { Capabilities } from "./model.ts";
import { sizeOf, sliceRows } from "./tensor.ts";
import type { Tensor } from "./tensor.ts";

/** Rows `start` (included) to `end` (excluded). */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** Rows that one call of the model should hold: what it prefers, and never more than it takes. */
export function batchSize({ maxBatch, preferredBatch }: Pick<Capabilities, "maxBatch" | "preferredBatch">): number {
  return Math.max(1, Math.min(maxBatch ?? Infinity, preferredBatch));
}

/** Splits `rows` rows into runs of at most `size`. */
export function splitRows(rows: number, size: number): readonly RowRange[] {
  return Array.from({ length: Math.ceil(rows / size) }, (_, chunk) => ({ start: chunk * size, end: Math.min(rows, (chunk + 1) * size) }));
}

/** The same rows of every feed, as views. */
export function sliceFeeds(feeds: Readonly<Record<string, Tensor>>, { start, end }: RowRange): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, sliceRows(tensor, start, end)]));
}

/** Joins results along the leading axis. The other axes must agree. */
export function concatRows<T extends Tensor>(parts: readonly T[]): T {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const rows = parts.reduce((sum, { dims }) => sum + dims[0]!, 0);
  const dims = [rows, ...first.dims.slice(1)];
  if (Array.isArray(first.data)) return { type: first.type, dims, data: parts.flatMap((part) => [...(part.data as readonly string[])]) } as unknown as T;
  const data = new ((first.data as Float32Array).constructor as Float32ArrayConstructor)(sizeOf(dims));
  let offset = 0;
  for (const part of parts) {
    data.set(part.data as Float32Array, offset);
    offset += part.data.length;
  }
  return { type: first.type, dims, data } as unknown as T;
}

/** One row, `count` times over, as every engine wants it: contiguous. [1, …] → [count, …]. */
export function repeatRow<T extends Tensor>(row: T, count: number): T {
  if (count === 1) return row;
  const dims = [count, ...row.dims.slice(1)];
  if (Array.isArray(row.data)) return { type: row.type, dims, data: Array.from({ length: count }, () => row.data).flat() } as unknown as T;
  const source = row.data as Float32Array;
  const data = new (source.constructor as Float32ArrayConstructor)(source.length * count);
  for (let i = 0; i < count; i++) data.set(source, i * source.length);
  return { type: row.type, dims, data } as unknown as T;
}
