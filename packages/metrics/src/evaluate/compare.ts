import { checkOptionNames, checkSeed, createRandom, demandCount, demandOption } from "@xdeep/core/method";

import type { Better } from "../metric.ts";
import { type Evaluation, type Refusal, refusedField } from "./evaluation.ts";

export interface CompareOptions {
  /** Samples of the rows, drawn with replacement. Default 1000. */
  readonly resamples?: number | undefined;
  /** Share of the samples whose means the interval holds. Default 0.95. */
  readonly confidence?: number | undefined;
  /** Integer, 0 to 2³² − 1. Default 0. */
  readonly seed?: number | undefined;
}

/** The methods by one metric, best first. Plain data. */
export interface Comparison {
  readonly better: Better;
  /** Rows for which every method that is ranked has a value. */
  readonly rows: number;
  readonly confidence: number;
  readonly ranking: readonly RankedMethod[];
  /** Methods without a value in any row. */
  readonly unranked: readonly string[];
  /** Why methods have no value in some rows, or in none; only where there is any. */
  readonly refused?: readonly Refusal[];
}

export interface RankedMethod {
  readonly method: string;
  readonly mean: number;
  /** Percentiles of the mean over the samples. */
  readonly low: number;
  readonly high: number;
  /** Share of the samples in which it is the best of all; those that are equally good share a sample. */
  readonly first: number;
}

/**
 * Ranks the methods of a table by each metric, with bootstrap intervals: rows are drawn with replacement, the same for all methods. With few rows intervals are
 * too narrow, and with one row they are a point.
 *
 * @throws {XDeepError} OPTION_INVALID
 * @see B. Efron, R. Tibshirani (1993), An Introduction to the Bootstrap, chapter 13
 */
export function compare(evaluation: Evaluation, options: CompareOptions = {}): Readonly<Record<string, Comparison>> {
  checkOptionNames("compare", options, ["resamples", "confidence", "seed"]);
  const { resamples = 1000, confidence = 0.95, seed = 0 } = options;
  demandCount("compare", "resamples", resamples);
  demandOption(confidence > 0 && confidence < 1, "compare", "confidence", confidence, "a share between 0 and 1");
  checkSeed(seed);
  return Object.fromEntries(
    Object.entries(evaluation.metrics).map(([metric, { better }]) => [
      metric,
      {
        ...rank(evaluation.results[metric]!, better, { resamples, confidence, seed }),
        ...refusedField((evaluation.refused ?? []).filter((each) => each.metric === undefined || each.metric === metric)),
      },
    ]),
  );
}

function rank(
  results: Evaluation["results"][string],
  better: Better,
  { resamples, confidence, seed }: Required<{ [K in keyof CompareOptions]: number }>,
): Comparison {
  const unranked = Object.keys(results).filter((method) => results[method]!.mean === null);
  const methods = Object.keys(results).filter((method) => results[method]!.mean !== null);
  const all = methods.map((method) => results[method]!.values);
  const common = (all[0] ?? []).flatMap((_, row) => (all.every((values) => values[row] !== null) ? [row] : []));
  if (common.length === 0) return { better, rows: 0, confidence, ranking: [], unranked: Object.keys(results) };
  const rows = all.map((values) => common.map((row) => values[row]!));
  const random = createRandom(seed);
  const means = methods.map(() => new Float64Array(resamples));
  const first = methods.map(() => 0);
  for (let sample = 0; sample < resamples; sample++) {
    const drawn = common.map(() => random.below(common.length));
    const found = rows.map((values) => meanOf(drawn.map((row) => values[row]!)));
    const best = better === "higher" ? Math.max(...found) : Math.min(...found);
    const winners = found.filter((mean) => mean === best).length;
    for (const [k, mean] of found.entries()) {
      means[k]![sample] = mean;
      if (mean === best) first[k]! += 1 / winners;
    }
  }
  const ranking = methods.map((method, k): RankedMethod => {
    const sorted = means[k]!.sort();
    const at = (share: number): number => sorted[Math.min(resamples - 1, Math.max(0, Math.round(share * (resamples - 1))))]!;
    return { method, mean: meanOf(rows[k]!), low: at((1 - confidence) / 2), high: at((1 + confidence) / 2), first: first[k]! / resamples };
  });
  const sign = better === "higher" ? -1 : 1;
  return { better, rows: common.length, confidence, ranking: ranking.toSorted((a, b) => sign * (a.mean - b.mean)), unranked };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
