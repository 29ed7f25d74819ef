import { XDeepError } from "../errors/error.ts";
import { type Pause, inPieces, pauses } from "./between-runs.ts";
import { addScaled } from "../tensors/row-sum.ts";
import { sizeOf } from "../tensors/tensor.ts";
import type { FloatTensor } from "../tensors/tensor.ts";
import { firstNonFiniteInPieces } from "../requests/validate-feeds.ts";

/** One row's attribution in double precision, by the names of `wrt`, without a batch axis. */
export interface RowValues {
  readonly [name: string]: { readonly dims: readonly number[]; readonly data: Float64Array };
}

/**
 * Joins what a method computed row by row: [N, …], or with `weights` the sum Σₙ wₙ Aₙ with a leading axis of 1.
 *
 * @throws {XDeepError} RESULT_NOT_FINITE when a value does not fit float32
 */
export async function assembleRows(rows: readonly RowValues[], weights?: Float32Array): Promise<Readonly<Record<string, FloatTensor>>> {
  const pause = pauses();
  const assembled: Record<string, FloatTensor> = {};
  for (const name of Object.keys(rows[0]!)) assembled[name] = await assemble(name, rows, weights, pause);
  return assembled;
}

async function assemble(name: string, rows: readonly RowValues[], weights: Float32Array | undefined, pause: Pause): Promise<FloatTensor> {
  const sample = rows[0]![name]!.dims;
  const dims = [weights === undefined ? rows.length : 1, ...sample];
  const data = new Float32Array(sizeOf(dims));
  if (weights === undefined) {
    const size = sizeOf(sample);
    for (const [n, row] of rows.entries()) {
      await inPieces(size, pause, (start, end) => data.set(row[name]!.data.subarray(start, end), n * size + start));
    }
  } else {
    await inPieces(data.length, pause, (start, end) => {
      const sum = new Float64Array(end - start);
      rows.forEach((row, n) => addScaled(sum, row[name]!.data.subarray(start, end), weights[n]!));
      data.set(sum, start);
    });
  }
  const tensor: FloatTensor = { type: "float32", dims, data };
  const index = await firstNonFiniteInPieces(tensor, pause);
  if (index < 0) return tensor;
  throw new XDeepError(
    "RESULT_NOT_FINITE",
    `The attribution to "${name}" is ${data[index]} at element ${index}: it does not fit float32. Check the scale of the input.`,
    {
      details: { wrt: name, index },
    },
  );
}
