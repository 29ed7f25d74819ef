import { sizeOf } from "@xdeep/core";
import { axisView } from "../arrays/axes.ts";
import { type Value64, value64 } from "../arrays/value64.ts";

/** What each element of a resized axis is made of: weights of elements of the original axis. */
export interface AxisFilter {
  /** Number of elements that each result has weights for. */
  readonly taps: number;
  /** [results, taps] positions on the original axis. */
  readonly indices: Int32Array;
  /** [results, taps]. */
  readonly weights: Float64Array;
}

/** A filter whose result i has the weights `weightsAt(i)`, as pairs of position and weight. */
export function axisFilter(count: number, weightsAt: (i: number) => readonly (readonly [number, number])[]): AxisFilter {
  const rows = Array.from({ length: count }, (_, i) => weightsAt(i));
  const taps = Math.max(0, ...rows.map((row) => row.length));
  const indices = new Int32Array(count * taps);
  const weights = new Float64Array(count * taps);
  for (const [i, row] of rows.entries()) {
    for (const [k, [index, weight]] of row.entries()) {
      indices[i * taps + k] = index;
      weights[i * taps + k] = weight;
    }
  }
  return { taps, indices, weights };
}

/** y[…, i, …] = Σₖ weight[i, k] · x[…, index[i, k], …]. */
export function resampled(x: Value64, axis: number, { taps, indices, weights }: AxisFilter): Value64 {
  const { outer, size, inner } = axisView(x.dims, axis);
  const count = taps === 0 ? 0 : indices.length / taps;
  const dims = x.dims.map((dim, i) => (i === axis ? count : dim));
  const data = new Float64Array(sizeOf(dims));
  for (let o = 0; o < outer; o++) {
    for (let at = 0; at < indices.length; at++) {
      const weight = weights[at]!;
      if (weight === 0) continue;
      const [from, to] = [(o * size + indices[at]!) * inner, (o * count + Math.floor(at / taps)) * inner];
      for (let n = 0; n < inner; n++) data[to + n]! += weight * x.data[from + n]!;
    }
  }
  return value64(x.type, dims, data);
}
