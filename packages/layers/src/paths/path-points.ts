import type { FloatTensor, Model, Tensor } from "@xdeep/core";
import { type Point, addScaled, repeatFeeds, toFloat64, writePathPoint } from "@xdeep/core/method";

/** The centres of n equal steps. */
export function midpoints(n: number): readonly number[] {
  return Array.from({ length: n }, (_, k) => (k + 0.5) / n);
}

/** Feeds of one row at these shares of the way from x′, [alphas, …]; inputs that do not move are repeated. */
export function pointsOn(
  feeds: Readonly<Record<string, Tensor>>,
  starts: Point,
  alphas: readonly number[],
  inputs: Model["inputs"],
): Readonly<Record<string, Tensor>> {
  const moved = Object.entries(starts).map(([name, start]) => {
    const end = toFloat64(feeds[name]!);
    return [name, (values: Float32Array | Float64Array): void => writePath(values, start, end, alphas)] as const;
  });
  return repeatFeeds(feeds, alphas.length, inputs, new Map(moved));
}

/** Writes the points at these shares of the way, one after the other. */
export function writePath(values: Float32Array | Float64Array, start: ArrayLike<number>, end: ArrayLike<number>, alphas: readonly number[]): void {
  alphas.forEach((alpha, k) => writePathPoint(values, k * end.length, start, end, alpha));
}

/** The mean of `n` gradients of one row, [n, …], in double precision. */
export function meanOver({ data }: FloatTensor, n: number): Float64Array {
  const mean = new Float64Array(data.length / n);
  for (let k = 0; k < n; k++) addScaled(mean, data.subarray(k * mean.length, (k + 1) * mean.length), 1 / n);
  return mean;
}
