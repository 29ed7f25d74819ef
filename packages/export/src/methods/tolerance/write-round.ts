import type { MethodDescription } from "@xdeep/core";
import type { GraphBuilder, Value } from "@xdeep/onnx";

import { floats, meanOf, rowSum, withAxes } from "../../network/axes.ts";
import type { Feeds } from "../../network/network.ts";
import { type EndScores, type Start, pathPoint } from "../baselines.ts";
import { rowsOf } from "../moving-values.ts";
import type { Rows, WriterContext } from "../writer.ts";
import type { Demand, NestedRule } from "./nested-rule.ts";
import type { PointRound } from "./point-rounds.ts";
import { isGoodEnough } from "./stopping.ts";

/** What a tolerance is asked of. */
export interface TolerancePath {
  readonly feeds: Feeds;
  readonly starts: readonly Start[];
  readonly scores: EndScores;
  readonly demand: Demand;
  /** (x − x′) ⊙ mean gradient, or the mean gradient. */
  readonly multiplyByInputs: boolean;
  /** Points of each row that the engine holds at once. */
  readonly atOnce: number;
}

/** What a round of the Loop begins with. */
interface RoundState {
  readonly rule: NestedRule;
  readonly rounds: readonly PointRound[];
  /** int64: which of the rounds it is. */
  readonly round: Value;
  /** By each level, [rows, levels, …]: of every value that moves, of F′ along the path and of |F′|. */
  readonly sums: readonly Value[];
  /** int64 [rows]: the level at which a row stopped; −1 where it has not. */
  readonly level: Value;
}

/** One round of points, into the body of the Loop: the sums after it, and the levels at which rows have stopped. */
export function writeRound(
  context: WriterContext,
  method: MethodDescription,
  rows: Rows,
  { feeds, starts, scores, demand, multiplyByInputs }: TolerancePath,
  { rule, rounds, round, sums, level }: RoundState,
): { readonly after: readonly Value[]; readonly layer: string | undefined } {
  const { g, wrt, pointType } = context;
  const ofRound = (of: (round: PointRound) => number): Value => g.gather(g.ints(rounds.map(of)), round, 0);
  const active = g.squeeze(g.op("NonZero", [g.less(level, g.int(0))]), [0]);
  const end = ofRound((each) => each.end);
  const places = g.op("Range", [ofRound((each) => each.start), end, g.int(1)]);
  // [active rows, points of the round]: rows one after the other, each with all its points.
  const grid = g.concat([g.dimOf(active, 0), g.dimOf(places, 0)], 0);
  const listed = (value: Value): Value => g.reshape(g.expand(value, grid), g.ints([-1]));
  const own = listed(g.unsqueeze(active, [1]));
  const alphas = g.gather(floats(g, pointType, [rule.nodes.length], rule.nodes, "nodes"), listed(places), 0);

  const parts = starts.map((start) => {
    const paths = wrt.map((name) => {
      const [x, from] = [g.gather(feeds.get(name)!, own, 0), ofRows(g, start.get(name)!, own)];
      return { name, x, from, point: pointOf(g, g.cast(x, pointType), from, alphas) };
    });
    const moved = new Map(paths.map(({ name, point }) => [name, point]));
    const points: Rows = {
      feeds: rowsOf(context, feeds, moved, own),
      target: rows.target.within(g).of(own),
      copies: rows.copies,
      depth: rows.depth + 1,
    };
    const { values, layer } = context.write(method, points);
    const products = paths.map(({ name, x, from }) => g.mul(values.get(name)!, g.sub(x, g.cast(from, "float32"))));
    const slope = g.sum(products.map((product) => rowSum(g, product)));
    return { layer, added: [...(multiplyByInputs ? products : wrt.map((name) => values.get(name)!)), slope, g.abs(slope)] };
  });
  context.network.finish();

  const weights = g.transpose(g.gather(levelWeights(g, rule), places, 0), [1, 0]);
  const atActive = g.unsqueeze(active, [1]);
  const updated = sums.map((sum, i) => {
    const points = meanOf(
      g,
      parts.map(({ added }) => added[i]!),
    );
    const byLevel = g.matmul(weights, g.reshape(points, g.concat([grid, g.ints([-1])], 0)));
    const part = g.add(g.gather(sum, active, 0), i < wrt.length ? byLevel : g.squeeze(byLevel, [2]));
    return { part, whole: { ...g.op("ScatterND", [sum, atActive, part]), facts: sum.facts } };
  });
  const newest = ofRound((each) => each.level);
  const isComplete = g.equal(end, g.gather(g.ints(rule.counts), newest, 0));
  const reached = updated.map(({ part }) => part);
  const stops = isGoodEnough(g, {
    values: reached.slice(0, -2),
    integral: reached.at(-2)!,
    moved: reached.at(-1)!,
    level: newest,
    start: g.gather(scores.start, active, 0),
    end: g.gather(scores.end, active, 0),
    demand,
    inScores: multiplyByInputs,
  });
  const stopped = g.where(g.and(isComplete, stops), newest, g.int(-1));
  const levels = { ...g.op("ScatterND", [level, atActive, stopped]), facts: level.facts };
  return { layer: parts[0]!.layer, after: [...updated.map(({ whole }) => whole), levels] };
}

/** x′ + α (x − x′). */
function pointOf(g: GraphBuilder, x: Value, from: Value, alphas: Value): Value {
  const along = withAxes(g, alphas, (x.facts.dims?.length ?? 1) - 1);
  return g.cast(pathPoint(g, x, from, along), "float32");
}

/** The entries of these rows; what stands for every row as it is. */
function ofRows(g: GraphBuilder, value: Value, rows: Value): Value {
  return value.facts.dims?.[0] === 1 ? value : g.gather(value, rows, 0);
}

function levelWeights(g: GraphBuilder, { nodes, weights }: NestedRule): Value {
  const weightAt = (i: number): number => weights[i % weights.length]![Math.floor(i / weights.length)]!;
  return g.table("float32", [nodes.length, weights.length], weightAt, "weights_of_levels");
}
