import type { GraphBuilder, Value } from "@xdeep/onnx";

import type { Demand } from "./nested-rule.ts";

/** What a round knows of its rows. */
export interface Reached {
  /** Of each value that moves, [rows, levels, entries]. */
  readonly values: readonly Value[];
  /** ∫ F′ dα and ∫ |F′| dα, [rows, levels]: from F(x′) to F(x), and all the way up and down. */
  readonly integral: Value;
  readonly moved: Value;
  /** The newest level, which is the second or a later one. */
  readonly level: Value;
  /** F(x′) and F(x), [rows]. */
  readonly start: Value;
  readonly end: Value;
  readonly demand: Demand;
  /** Whether the values are in units of the score. */
  readonly inScores: boolean;
}

/** Where attributions moved by more than this share, in the 2-norm, since half as many points, a small delta is chance: the errors of several kinks cancel in it. */
const SETTLED = 0.1;
/** What float32 loses of a score, as the API has it. */
const ROUNDING = 1e-6;

/**
 * bool [rows]: |Σ A − (F(x) − F(x′))| is as small as asked and the attributions have settled, or moved by less than that; or they are no numbers, and more points
 * do not make them any.
 */
export function isGoodEnough(g: GraphBuilder, { values, integral, moved, level, start, end, demand, inScores }: Reached): Value {
  const difference = g.sub(end, start);
  const missed = g.abs(g.sub(g.gather(integral, level, 1), difference));
  const allowed = allowedDelta(g, difference, [start, end, g.gather(moved, level, 1)], demand);
  const now = values.map((sum) => g.gather(sum, level, 1));
  const moves = values.map((sum, i) => g.sub(now[i]!, g.gather(sum, g.sub(level, g.int(1)), 1)));
  const norm = (parts: readonly Value[]): Value => g.sqrt(g.sum(parts.map((part) => g.reduceSum(g.square(part), [1], false))));
  const share = g.scale(norm(now), SETTLED);
  const isSettled = g.lessOrEqual(norm(moves), inScores ? g.op("Max", [share, allowed]) : share);
  return g.or(g.and(g.lessOrEqual(missed, allowed), isSettled), g.op("IsNaN", [missed]));
}

/** A share of F(x) − F(x′) never asks for more than float32 holds of the scores on the path. */
function allowedDelta(g: GraphBuilder, difference: Value, scores: readonly Value[], { tolerance, relativeTolerance }: Demand): Value {
  const fixed = tolerance === undefined ? [] : [g.scalar(tolerance, difference)];
  if (relativeTolerance === undefined) return fixed[0]!;
  const rounding = g.scale(
    g.op(
      "Max",
      scores.map((score) => g.abs(score)),
    ),
    ROUNDING,
  );
  return g.op("Max", [...fixed, g.scale(g.abs(difference), relativeTolerance), rounding]);
}
