import { type RowRange, type Tensor, type ValueInfo, sizeOf, sliceFeeds, splitRows } from "@xdeep/core";

type Values = Readonly<Record<string, Tensor>>;

/**
 * The runs that a call is split into, so that memory stays bounded; undefined stands for one run over everything, as wherever the first axis
 * is not a common batch.
 */
export function chunkRanges(values: readonly Tensor[], infos: readonly ValueInfo[], rows: number, size: number): readonly (RowRange | undefined)[] {
  const isSplittable = rows > size && values.every(({ dims }) => dims[0] === rows) && infos.every(({ dims }) => dims.length > 0 && dims[0] === null);
  return isSplittable ? splitRows(rows, size) : [undefined];
}

/** The feeds of one run. */
export function feedsOf(feeds: Values, range: RowRange | undefined): Values {
  return range === undefined ? feeds : sliceFeeds(feeds, range);
}

/** Outputs of all runs, joined along the batch axis. */
export function joinOutputs(parts: readonly Values[]): Values {
  if (parts.length === 1) return parts[0]!;
  return Object.fromEntries(Object.keys(parts[0]!).map((name) => [name, joinRows(parts.map((part) => part[name]!))]));
}

function joinRows(parts: readonly Tensor[]): Tensor {
  const first = parts[0]!;
  const dims = [parts.reduce((sum, part) => sum + part.dims[0]!, 0), ...first.dims.slice(1)];
  const data = new (first.data.constructor as Float32ArrayConstructor)(sizeOf(dims));
  let offset = 0;
  for (const part of parts) {
    data.set(part.data as Float32Array, offset);
    offset += part.data.length;
  }
  return { type: first.type, dims, data } as Tensor;
}
