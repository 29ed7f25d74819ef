import { type MethodDescription, sizeOf } from "@xdeep/core";
import type { Value } from "@xdeep/onnx";

import { sampleDims } from "../../network/axes.ts";
import { bodyGraph } from "../control-flow/body-graph.ts";
import type { Rows, WriterContext, WrittenAttribution } from "../writer.ts";
import { levelsOf } from "./nested-rule.ts";
import { pointRounds } from "./point-rounds.ts";
import { type TolerancePath, writeRound } from "./write-round.ts";

/**
 * A Loop over rounds of points. Every round takes the gradients of the rows that are not done yet and adds them to the sums of all levels, weighed as each level
 * weighs them: so every gradient is taken once and none is kept. Where a level is complete, rows that are good enough keep its sums and take no more points.
 * What a row takes and gets depends on no other row.
 */
export function loopToTolerance(context: WriterContext, method: MethodDescription, rows: Rows, given: TolerancePath): WrittenAttribution {
  const { g, wrt } = context;
  const { feeds, demand, atOnce, scores } = given;
  const path = { ...given, scores: { start: g.expandLike(scores.start, scores.end), end: scores.end } };
  const rule = levelsOf(demand);
  const levels = rule.counts.length;
  const rounds = pointRounds(rule, atOnce);
  const dims = new Map(wrt.map((name) => [name, sampleDims(feeds.get(name)!)!]));
  const count = g.dimOf(feeds.get(wrt[0]!)!, 0);
  const zeros = (...sizes: number[]): Value => {
    const zero = g.constant({ type: "float32", dims: [], data: Float32Array.of(0) });
    return { ...g.expand(zero, g.concat([count, g.ints(sizes)], 0)), facts: { type: "float32", dims: [null, ...sizes] } };
  };
  const sums = [...wrt.map((name) => zeros(levels, sizeOf(dims.get(name)!))), zeros(levels), zeros(levels)];
  const first = [...sums, { ...g.expand(g.int(-1), count), facts: { type: "int64" as const, dims: [null] } }];

  const body = g.subgraph();
  const round: Value = { name: body.freshName("round"), facts: { type: "int64", dims: [] } };
  const going: Value = { name: body.freshName("going"), facts: { type: "bool", dims: [] } };
  const before = first.map(({ facts }) => ({ name: body.freshName("state"), facts }));
  const { after, layer } = writeRound(context.within(body), method, rows, path, { rule, rounds, round, sums: before.slice(0, -1), level: before.at(-1)! });
  const isAnyLeft = body.less(body.op("ReduceMin", [after.at(-1)!], { keepdims: 0 }), body.int(0));
  const graph = bodyGraph(body, "round", [round, going, ...before], [isAnyLeft, ...after]);

  const always = g.constant({ type: "bool", dims: [], data: Uint8Array.of(1) });
  const results = g.emit("Loop", [g.int(rounds.length), always, ...first], { body: graph }, { outputs: first.length });
  const reached = results.at(-1)!;
  const chosen = g.where(g.less(reached, g.int(0)), g.int(levels - 1), reached);
  const values = wrt.map((name, i) => {
    const atLevel = g.op("GatherND", [results[i]!, g.unsqueeze(chosen, [1])], { batch_dims: 1 });
    return [name, g.reshape(atLevel, g.ints([-1, ...dims.get(name)!]))] as const;
  });
  return { layer, values: new Map(values), points: g.gather(g.ints(rule.counts), chosen, 0) };
}
