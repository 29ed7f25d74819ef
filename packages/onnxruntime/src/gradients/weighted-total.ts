import { type FloatTensor } from "@xdeep/core";
import { addScaled, notBatched, sumTensors, takeRows } from "@xdeep/core/backend";
import type { FinishedRun } from "../engine/run-rows.ts";
import { asFloat32 } from "../engine/tensors.ts";

/** The sum of the runs' weighted sums [1, …]: each run summed its own rows on the device. */
export function weightedTotal(runs: readonly FinishedRun[], name: string): FloatTensor {
  return sumTensors(runs.map(({ results }) => asFloat32(results[name]!)));
}

/**
 * Σₙ wₙ gₙ of a value of which only a run shows that its rows lie along an axis, 1 long in the sum.
 *
 * @throws {XDeepError} BATCH_INVALID where it is not
 */
export function weightedRows(runs: readonly FinishedRun[], name: string, weights: Float32Array, axis = 0): FloatTensor {
  const [first] = runs.map(({ results }) => asFloat32(results[name]!));
  const total = new Float64Array(first!.data.length / (first!.dims[axis] ?? 1));
  for (const { rows, results } of runs) {
    const gradient = asFloat32(results[name]!);
    if (gradient.dims[axis] !== rows.end - rows.start) throw notBatched(name, gradient.dims);
    for (let row = rows.start; row < rows.end; row++) addScaled(total, takeRows(gradient, row - rows.start, row - rows.start + 1, axis).data, weights[row]!);
  }
  return { type: "float32", dims: first!.dims.with(axis, 1), data: Float32Array.from(total) };
}
