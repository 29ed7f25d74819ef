import { XDeepError } from "../errors/error.ts";
import { addScaled } from "../tensors/row-sum.ts";
import { sizeOf } from "../tensors/tensor.ts";
import type { FloatTensor } from "../tensors/tensor.ts";
import { firstNonFinite } from "../requests/validate-feeds.ts";

/** One row's attribution in double precision, by the names of `wrt`, without a batch axis. */
export interface RowValues {
  readonly [name: string]: { readonly dims: readonly number[]; readonly data: Float64Array };
}

/**
 * Joins what a method computed row by row: [N, …], or with `weights` the sum Σₙ wₙ Aₙ with a leading axis of 1.
 *
 * @throws {XDeepError} RESULT_NOT_FINITE when a value does not fit float32
 */
export function assembleRows(rows: readonly RowValues[], weights?: Float32Array): Readonly<Record<string, FloatTensor>> {
  const names = Object.keys(rows[0]!);
  return Object.fromEntries(names.map((name) => [name, assemble(name, rows, weights)]));
}

function assemble(name: string, rows: readonly RowValues[], weights: Float32Array | undefined): FloatTensor {
  const sample = rows[0]![name]!.dims;
  const dims = [weights === undefined ? rows.length : 1, ...sample];
  const data = new Float32Array(sizeOf(dims));
  if (weights === undefined) {
    rows.forEach((row, n) => data.set(row[name]!.data, n * sizeOf(sample)));
  } else {
    const sum = new Float64Array(data.length);
    rows.forEach((row, n) => addScaled(sum, row[name]!.data, weights[n]!));
    data.set(sum);
  }
  const tensor: FloatTensor = { type: "float32", dims, data };
  const index = firstNonFinite(tensor);
  if (index < 0) return tensor;
  throw new XDeepError(
    "RESULT_NOT_FINITE",
    `The attribution to "${name}" is ${data[index]} at element ${index}: it does not fit float32. Check the scale of the input.`,
    {
      details: { wrt: name, index },
    },
  );
}
