import type { FloatTensor } from "@xdeep/core";
import type { EngineRun } from "./run-rows.ts";
import { asFloat32 } from "./tensors.ts";

/** The sum of the runs' weighted sums [1, …]: each run summed its own rows on the device. */
export function weightedTotal(runs: readonly EngineRun[], name: string): FloatTensor {
  const parts = runs.map(({ results }) => asFloat32(results[name]!));
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const total = Float64Array.from(first.data);
  for (const { data } of parts.slice(1)) for (let i = 0; i < total.length; i++) total[i]! += data[i]!;
  return { type: "float32", dims: first.dims, data: Float32Array.from(total) };
}
