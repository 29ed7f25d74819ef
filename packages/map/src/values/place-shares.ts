import type { AttributionMap } from "./attribution-map.ts";

/** One value of a map among the others. */
export interface CellFacts {
  readonly value: number;
  /** |a| of all that there is, Σ|a|; 0 where all values are 0. */
  readonly share: number;
  /** 1 for the largest |a|; equal values share the better rank. */
  readonly rank: number;
  readonly of: number;
}

/** A part of a map, and how much of it lies there. */
export interface PlaceShare {
  readonly name: string;
  /** Of Σ|a|. */
  readonly share: number;
  /** Sums of what is positive and of what is negative. */
  readonly positive: number;
  readonly negative: number;
}

const ROWS = ["top", "middle", "bottom"] as const;
const COLUMNS = ["left", "centre", "right"] as const;

/** Σ|a|. */
export function totalOf({ data }: AttributionMap): number {
  return data.reduce((sum, value) => sum + Math.abs(value), 0);
}

export function cellFacts(map: AttributionMap, at: number): CellFacts {
  const value = map.data[at]!;
  const total = totalOf(map);
  const size = Math.abs(value);
  return {
    value,
    share: total === 0 ? 0 : size / total,
    rank: 1 + map.data.reduce((count, other) => count + (Math.abs(other) > size ? 1 : 0), 0),
    of: map.data.length,
  };
}

/** Indices of values, the largest |a| first. */
export function byStrength({ data }: AttributionMap, count: number = data.length): readonly number[] {
  return Array.from(data.keys())
    .sort((a, b) => Math.abs(data[b]!) - Math.abs(data[a]!) || a - b)
    .slice(0, count);
}

/** The nine parts of a picture, those with most of Σ|a| first; parts without pixels are left out. */
export function placeShares(map: AttributionMap): readonly PlaceShare[] {
  const total = totalOf(map);
  const sums = new Map<string, { positive: number; negative: number }>();
  map.data.forEach((value, n) => {
    const column = Math.floor(((n % map.width) * 3) / map.width);
    const row = Math.floor((Math.floor(n / map.width) * 3) / map.height);
    const name = row === 1 && column === 1 ? "centre" : `${ROWS[row]} ${COLUMNS[column]}`;
    const sum = sums.get(name) ?? { positive: 0, negative: 0 };
    sums.set(name, sum);
    if (value > 0) sum.positive += value;
    else sum.negative += value;
  });
  return Array.from(sums, ([name, { positive, negative }]) => ({ name, share: total === 0 ? 0 : (positive - negative) / total, positive, negative })).sort(
    (a, b) => b.share - a.share,
  );
}
