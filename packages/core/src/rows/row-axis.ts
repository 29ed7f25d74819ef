import type { ValueInfo } from "../contract/model.ts";
import { joinArrays } from "../tensors/join-arrays.ts";
import { sizeOf, sliceRows } from "../tensors/tensor.ts";
import type { Tensor } from "../tensors/tensor.ts";

type Rows = Pick<ValueInfo, "batchAxis" | "batched">;

/** The axis along which the rows of a value lie: 0, or the one behind others that it says. Null where it has none, or none that is known. */
export function rowAxis({ batched, batchAxis }: Rows): number | null {
  return batched === false ? (batchAxis ?? null) : 0;
}

/** The same by name; 0 for values that the model does not list. */
export function rowAxes(infos: readonly ValueInfo[]): (name: string) => number | null {
  const axes = new Map(infos.map((info) => [info.name, rowAxis(info)]));
  return (name) => (axes.has(name) ? axes.get(name)! : 0);
}

/** The axis that may hold the batch of a state of recurrent networks, [layers, batch, hidden]: the one that it says, or the first behind another that is open. −1 where there is none. */
export function stateAxis({ batched, batchAxis, dims }: Rows & Pick<ValueInfo, "dims">): number {
  return batched === false ? (batchAxis ?? dims.indexOf(null, 1)) : -1;
}

/** Rows `start` to `end` along an axis: a view where it is the leading one. */
export function takeRows<T extends Tensor>(tensor: T, start: number, end: number, axis = 0): T {
  if (axis === 0) return sliceRows(tensor, start, end);
  const { length, inner } = blocksOf(tensor.dims, axis);
  return fromBlocks(tensor, axis, end - start, (block) => [tensor.data, block * length + start * inner, block * length + end * inner]);
}

/** The same rows along the leading axis, as who shows or stores them one by one wants them: [layers, N, hidden] → [N, layers, hidden]. What has no batch axis stays. */
export function rowsInFront<T extends Tensor>(tensor: T, axis: number | null): T {
  if (axis === 0 || axis === null) return tensor;
  const rowOf = (row: number): T => ({ ...takeRows(tensor, row, row + 1, axis), dims: [1, ...tensor.dims.toSpliced(axis, 1)] });
  return concatRows(Array.from({ length: tensor.dims[axis]! }, (_, row) => rowOf(row)));
}

/** One row, `count` times over, as every engine wants it: contiguous. [1, …] → [count, …]. */
export function repeatRow<T extends Tensor>(row: T, count: number, axis = 0): T {
  if (count === 1) return row;
  return concatRows(
    Array.from({ length: count }, () => row),
    axis,
  );
}

/** Joins results along their rows. The other axes must agree. */
export function concatRows<T extends Tensor>(parts: readonly T[], axis = 0): T {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const rows = parts.reduce((sum, { dims }) => sum + dims[axis]!, 0);
  return fromBlocks(
    first,
    axis,
    rows,
    ...parts.map(({ data, dims }): ReadBlock => {
      const { length } = blocksOf(dims, axis);
      return (block) => [data, block * length, (block + 1) * length];
    }),
  );
}

/** Elements `from` to `to` of an array. */
type ReadBlock = (block: number) => readonly [data: Tensor["data"], from: number, to: number];

/** What lies along an axis and behind it is one block, of so many elements. */
function blocksOf(dims: readonly number[], axis: number): { readonly blocks: number; readonly length: number; readonly inner: number } {
  return { blocks: sizeOf(dims.slice(0, axis)), length: sizeOf(dims.slice(axis)), inner: sizeOf(dims.slice(axis + 1)) };
}

/** A tensor like another with so many rows, its blocks put together of parts. */
function fromBlocks<T extends Tensor>(like: T, axis: number, rows: number, ...parts: readonly ReadBlock[]): T {
  const { blocks } = blocksOf(like.dims, axis);
  const dims = like.dims.with(axis, rows);
  const pieces = Array.from({ length: blocks }, (_, block) => parts.map((read) => read(block))).flat();
  const data = Array.isArray(like.data)
    ? pieces.flatMap(([from, start, end]) => (from as readonly string[]).slice(start, end))
    : joinArrays(
        (like.data as Float32Array).constructor as Float32ArrayConstructor,
        pieces.map(([from, start, end]) => (from as Float32Array).subarray(start, end)),
      );
  return { type: like.type, dims, data } as unknown as T;
}
