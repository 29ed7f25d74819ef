import type { FloatTensor } from "@xdeep/core";
import { addScaled } from "@xdeep/core/method";

/** Rows as they are, or with weights their sum [1, …]. */
export function weighted(values: FloatTensor, weights: Float32Array | undefined): FloatTensor {
  if (weights === undefined) return values;
  const size = values.data.length / values.dims[0]!;
  const sum = new Float64Array(size);
  weights.forEach((weight, n) => addScaled(sum, values.data.subarray(n * size, (n + 1) * size), weight));
  return { type: "float32", dims: [1, ...values.dims.slice(1)], data: Float32Array.from(sum) };
}
