import type { FloatTensor, Tensor } from "@xdeep/core";
import { type Point, addScaled, fromFloat64, repeatFeeds, toFloat64 } from "@xdeep/core/method";

/** The centres of n equal steps. */
export function midpoints(n: number): readonly number[] {
  return Array.from({ length: n }, (_, k) => (k + 0.5) / n);
}

/** Feeds of one row at these shares of the way from x′, [alphas, …]; inputs that do not move are repeated. */
export function pointsOn(
  feeds: Readonly<Record<string, Tensor>>,
  starts: Point,
  alphas: readonly number[],
  shared: ReadonlySet<string>,
): Readonly<Record<string, Tensor>> {
  const still = repeatFeeds(feeds, alphas.length, shared);
  const moving = Object.entries(starts).map(([name, start]) => {
    const { type, dims } = feeds[name]!;
    const end = toFloat64(feeds[name]!);
    const values = new Float64Array(alphas.length * end.length);
    alphas.forEach((alpha, k) => end.forEach((value, i) => (values[k * end.length + i] = start[i]! + alpha * (value - start[i]!))));
    return [name, fromFloat64(type, [alphas.length, ...dims.slice(1)], values)] as const;
  });
  return { ...still, ...Object.fromEntries(moving) };
}

/** The mean of `n` gradients of one row, [n, …], in double precision. */
export function meanOver({ data }: FloatTensor, n: number): Float64Array {
  const mean = new Float64Array(data.length / n);
  for (let k = 0; k < n; k++) addScaled(mean, data.subarray(k * mean.length, (k + 1) * mean.length), 1 / n);
  return mean;
}
