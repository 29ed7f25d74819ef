import type { Value } from "./value.ts";

/** What a function makes of each run of entries along the last axis of a value, and of the same entries of another. */
export function alongLastAxis({ dims, data }: Value, other: Float64Array, part: (own: Float64Array, others: Float64Array) => Float64Array): Float64Array {
  const size = dims.at(-1)!;
  const parts = Array.from({ length: data.length / size }, (_, n) => part(data.slice(n * size, (n + 1) * size), other.slice(n * size, (n + 1) * size)));
  return Float64Array.from(parts.flatMap((values) => [...values]));
}
