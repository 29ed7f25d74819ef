import type { IntegratedRow } from "./path/row-path.ts";

/** A larger share of F(x) − F(x′) that attributions miss is worth a word: what they say of one input may be as wrong. */
const LARGE_SHARE = 0.1;
/** What float32 loses of a score, and no step brings back. */
const ROUNDING = 1e-5;

/**
 * Says which rows' attributions do not add up to F(x) − F(x′): more than a tenth of it is missing, or too much, or what is missing will not come with
 * more steps. Only for gradients that are meant to add up; nothing where a tolerance was met.
 */
export function deltaNotes(
  rows: readonly Pick<IntegratedRow, "delta" | "difference" | "tolerance" | "stands">[],
  scores: ArrayLike<number>,
): readonly string[] {
  return rows.flatMap(({ delta, difference, tolerance, stands }, row) => {
    if (delta === null || difference === null) return [];
    const allowed = Math.max(stands ? 0 : LARGE_SHARE * Math.abs(difference), ROUNDING * (1 + Math.abs(scores[row]!)), tolerance ?? 0);
    if (Math.abs(delta) <= allowed) return [];
    const which = rows.length === 1 ? "The attributions" : `The attributions of row ${row}`;
    const missed = `${which} add up to ${(difference + delta).toPrecision(4)}, but the score changes by ${difference.toPrecision(4)} along the path`;
    if (stands) return [`${missed}. More steps do not change that: the score jumps on the way, as where a network rounds or compares.`];
    return [`${missed}: it takes more steps than that. ${tolerance === null ? "Take more (`n`), or a `tolerance`" : "Allow more (`maxSteps`)"}.`];
  });
}
