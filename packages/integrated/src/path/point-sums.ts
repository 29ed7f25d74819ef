// The loops over all values of a point, which run once for every gradient, piece by piece.

import { type Pause, addScaled, inPieces } from "@xdeep/core/method";

type Floats = Float32Array | Float64Array;

/** Adds share · (x − x′) ⊙ g to `sum`, or share · g where not `multiply`, and returns Σ (x − x′) ⊙ g, the slope of F along the path. */
export async function addPoint(
  sum: Floats,
  gradient: Floats,
  end: Float64Array,
  start: Float64Array,
  { share, multiply, pause }: { readonly share: number; readonly multiply: boolean; readonly pause: Pause },
): Promise<number> {
  let slope = 0;
  await inPieces(sum.length, pause, (from, to) => {
    for (let i = from; i < to; i++) {
      const product = gradient[i]! * (end[i]! - start[i]!);
      slope += product;
      sum[i] = sum[i]! + share * (multiply ? product : gradient[i]!);
    }
  });
  return slope;
}

export async function innerProduct(a: Floats, b: Floats, pause: Pause): Promise<number> {
  let sum = 0;
  await inPieces(a.length, pause, (from, to) => {
    for (let i = from; i < to; i++) sum += a[i]! * b[i]!;
  });
  return sum;
}

/** Adds `weight` times each element of `values` to `sum`. */
export async function addWeighted(sum: Float64Array, values: Floats, weight: number, pause: Pause): Promise<void> {
  await inPieces(sum.length, pause, (from, to) => addScaled(sum.subarray(from, to), values.subarray(from, to), weight));
}
