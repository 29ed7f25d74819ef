import type { FloatTensor } from "./tensor.ts";

/** Adds `weight` times each element of `values` to `sum`, in double precision. */
export function addScaled(sum: Float64Array, values: ArrayLike<number>, weight = 1): void {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + weight * values[i]!;
}

/** The sum of tensors of the same dims, accumulated in double precision. */
export function sumTensors(parts: readonly FloatTensor[]): FloatTensor {
  const [first] = parts;
  if (first === undefined) throw new RangeError("There is nothing to sum.");
  if (parts.length === 1) return first;
  const sum = new Float64Array(first.data.length);
  for (const part of parts) addScaled(sum, part.data);
  return { type: "float32", dims: first.dims, data: new Float32Array(sum) };
}

/** Rows [N, …] as they are, or with `weights` their sum [1, …], accumulated in double precision. */
export function weightRows(
  { dims, data }: { readonly dims: readonly number[]; readonly data: Float32Array | Float64Array },
  weights?: Float32Array,
): FloatTensor {
  if (weights === undefined) return { type: "float32", dims, data: data instanceof Float32Array ? data : new Float32Array(data) };
  const sum = new Float64Array(data.length / dims[0]!);
  weights.forEach((weight, n) => addScaled(sum, data.subarray(n * sum.length, (n + 1) * sum.length), weight));
  return { type: "float32", dims: [1, ...dims.slice(1)], data: new Float32Array(sum) };
}
