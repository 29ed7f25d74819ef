import { XDeepError } from "../errors/error.ts";
import type { ValueInfo } from "../contract/model.ts";
import { sumTensors } from "../tensors/row-sum.ts";
import type { FloatTensor, Tensor } from "../tensors/tensor.ts";
import type { RowRange } from "./batches.ts";
import { concatRows, rowAxes } from "./row-axis.ts";

/** A result of some rows of a call. */
export interface PartOf<T> {
  readonly rows: RowRange;
  readonly result: T;
}

/**
 * The same result of every run, joined along the batch.
 *
 * @param axis that holds the batch; null where none does
 * @throws {XDeepError} BATCH_INVALID where there are several and this axis is not the batch
 */
export function joinRuns<T extends Tensor>(name: string, parts: readonly PartOf<T>[], axis: number | null = 0): T {
  for (const { rows, result } of parts)
    if (parts.length > 1 && (axis === null || result.dims[axis] !== rows.end - rows.start)) throw notBatched(name, result.dims);
  return concatRows(
    parts.map(({ result }) => result),
    axis ?? 0,
  );
}

/**
 * The records of every run, joined name by name.
 *
 * @param infos of the values; those that are not among them have their rows in front
 * @throws {XDeepError} BATCH_INVALID where there are several and a value has no batch axis
 */
export function joinRecords<T extends Tensor>(
  parts: readonly PartOf<Readonly<Record<string, T>>>[],
  infos: readonly ValueInfo[] = [],
): Readonly<Record<string, T>> {
  const axisOf = rowAxes(infos);
  const names = Object.keys(parts[0]!.result);
  return Object.fromEntries(names.map((name) => [name, joinRuns(name, partsOf(parts, name), axisOf(name))]));
}

/**
 * Gradients of every run: joined along the rows of their values, and summed for inputs that belong to all rows, as for all with weights.
 *
 * @throws {XDeepError} BATCH_INVALID where there are several and the rows of a value do not lie where they should
 */
export function joinGradients(
  parts: readonly PartOf<Readonly<Record<string, FloatTensor>>>[],
  inputs: readonly ValueInfo[],
  isSummed: boolean,
): Readonly<Record<string, FloatTensor>> {
  const axisOf = rowAxes(inputs);
  const joined = (name: string): FloatTensor => {
    const own = partsOf(parts, name);
    return isSummed || axisOf(name) === null ? sumTensors(own.map(({ result }) => result)) : joinRuns(name, own, axisOf(name));
  };
  return Object.fromEntries(Object.keys(parts[0]!.result).map((name) => [name, joined(name)]));
}

function partsOf<T>(parts: readonly PartOf<Readonly<Record<string, T>>>[], name: string): readonly PartOf<T>[] {
  return parts.map(({ rows, result }) => ({ rows, result: result[name]! }));
}

/** The error for a value whose rows do not lie along its first axis, where the call has so many. One row may be all that an axis of 1 is. */
export function notBatched(name: string, dims: readonly (number | string | null)[], rows?: number): XDeepError {
  const what =
    rows === 1 || (rows !== undefined && (dims[0] ?? 1) !== 1)
      ? "so that no entry of it belongs to one row. Export the model with the batch in front of it, or name the value inside that has it there as `output`"
      : "so it cannot be joined or summed over rows. Explain one row at a time, without weights";
  return new XDeepError("BATCH_INVALID", `"${name}" has dims [${dims.map((dim) => dim ?? "any").join(", ")}], whose first axis is not the batch, ${what}.`, {
    details: { value: name, dims },
  });
}
