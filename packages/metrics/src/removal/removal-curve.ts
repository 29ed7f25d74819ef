import type { Curve } from "../metric.ts";
import type { Features } from "../subject/features.ts";
import type { MeasuredRow } from "../subject/measure-rows.ts";

/** The rank of each feature, 0 for the highest value; equal ones in the order in which they lie. */
export function ranksOf(values: Float64Array): Int32Array {
  const order = Int32Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
  const ranks = new Int32Array(values.length);
  for (const [rank, feature] of order.entries()) ranks[feature] = rank;
  return ranks;
}

/** How many features are removed at each point of a curve, evenly from none to `last`. */
export function evenCuts(last: number, steps: number): readonly number[] {
  const count = Math.min(steps, last);
  return Array.from({ length: count + 1 }, (_, k) => Math.round((k * last) / count));
}

/**
 * F while the features of the lowest ranks change from `from` to `to`, as many as `cuts` says at each point; x is the share of all features that have
 * changed.
 */
export async function removalCurve(
  { scores }: MeasuredRow,
  { from, to }: { readonly from: Float64Array; readonly to: Float64Array },
  ranks: Int32Array,
  { of, count }: Features,
  cuts: readonly number[],
): Promise<Curve> {
  const found = await scores((k, entries) => {
    for (let i = 0; i < entries.length; i++) entries[i] = ranks[of[i]!]! < cuts[k]! ? to[i]! : from[i]!;
  });
  return { x: cuts.map((cut) => cut / count), y: Array.from(found) };
}

/** The area under a curve, by trapezoids, over the length of its x: the mean height. */
export function areaUnder({ x, y }: Curve): number {
  let area = 0;
  for (let k = 1; k < x.length; k++) area += ((x[k]! - x[k - 1]!) * (y[k]! + y[k - 1]!)) / 2;
  return area / (x.at(-1)! - x[0]!);
}

/** A curve on the scale where F at the baseline is 0 and F at the input is 1; null where these are equal. */
export function onUnitScale({ x, y }: Curve, atBaseline: number, atInput: number): Curve | null {
  const range = atInput - atBaseline;
  return range === 0 ? null : { x, y: y.map((value) => (value - atBaseline) / range) };
}
