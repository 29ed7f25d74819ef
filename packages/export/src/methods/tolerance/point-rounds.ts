import type { NestedRule } from "./nested-rule.ts";

/** Points that are taken together: those from `start` up to `end`. */
export interface PointRound {
  readonly start: number;
  readonly end: number;
  /** The last level that is begun or complete at its end. */
  readonly level: number;
}

/** All points in rounds of at most so many, which do not go beyond the end of a level. The first level that rows may stop at is begun at once. */
export function pointRounds({ counts }: NestedRule, atOnce: number): readonly PointRound[] {
  const rounds: PointRound[] = [];
  let start = 0;
  for (const [i, count] of counts.slice(1).entries()) {
    for (; start < count; start = rounds.at(-1)!.end) rounds.push({ start, end: Math.min(count, start + atOnce), level: i + 1 });
  }
  return rounds;
}
