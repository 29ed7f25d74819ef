// The loops over all values of a point, which run once for every gradient.

type Floats = Float32Array | Float64Array;

/** Adds share · (x − x′) ⊙ g to `sum`, or share · g where not `multiply`, and returns Σ (x − x′) ⊙ g, the slope of F along the path. */
export function addPoint(sum: Floats, gradient: Floats, end: Float64Array, start: Float64Array, share: number, multiply: boolean): number {
  let slope = 0;
  for (let i = 0; i < sum.length; i++) {
    const product = gradient[i]! * (end[i]! - start[i]!);
    slope += product;
    sum[i] = sum[i]! + share * (multiply ? product : gradient[i]!);
  }
  return slope;
}

export function innerProduct(a: Floats, b: Floats): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
