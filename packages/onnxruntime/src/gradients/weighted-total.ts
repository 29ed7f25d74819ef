import { type FloatTensor } from "@xdeep/core";
import { addScaled, notBatched, sumTensors } from "@xdeep/core/backend";
import type { FinishedRun } from "../engine/run-rows.ts";
import { asFloat32 } from "../engine/tensors.ts";

/** The sum of the runs' weighted sums [1, …]: each run summed its own rows on the device. */
export function weightedTotal(runs: readonly FinishedRun[], name: string): FloatTensor {
  return sumTensors(runs.map(({ results }) => asFloat32(results[name]!)));
}

/**
 * Σₙ wₙ gₙ of a value of which only a run shows that its leading axis is the batch.
 *
 * @throws {XDeepError} BATCH_INVALID where it is not
 */
export function weightedRows(runs: readonly FinishedRun[], name: string, weights: Float32Array): FloatTensor {
  const [first] = runs.map(({ results }) => asFloat32(results[name]!));
  const total = new Float64Array(first!.data.length / (first!.dims[0] ?? 1));
  for (const { rows, results } of runs) {
    const { dims, data } = asFloat32(results[name]!);
    if (dims[0] !== rows.end - rows.start) throw notBatched(name, dims);
    for (let row = rows.start; row < rows.end; row++)
      addScaled(total, data.subarray((row - rows.start) * total.length, (row - rows.start + 1) * total.length), weights[row]!);
  }
  return { type: "float32", dims: [1, ...first!.dims.slice(1)], data: Float32Array.from(total) };
}
