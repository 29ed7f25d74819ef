// The loops over all values of a point, which run once for every gradient.

/** Adds share · (x − x′) ⊙ g to `sum`. */
export function addProducts(sum: Float64Array, gradient: ArrayLike<number>, end: Float64Array, start: Float64Array, share: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + share * (gradient[i]! * (end[i]! - start[i]!));
}

/** Adds share · (x − x′) ⊙ g to `sum`, or share · g where not `multiply`, and returns Σ (x − x′) ⊙ g, the slope of F along the path. */
export function addPoint(sum: Float32Array, gradient: Float32Array, end: Float64Array, start: Float64Array, share: number, multiply: boolean): number {
  let slope = 0;
  for (let i = 0; i < sum.length; i++) {
    const product = gradient[i]! * (end[i]! - start[i]!);
    slope += product;
    sum[i] = sum[i]! + share * (multiply ? product : gradient[i]!);
  }
  return slope;
}

/** The sum of all values. */
export function total(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

export function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}
