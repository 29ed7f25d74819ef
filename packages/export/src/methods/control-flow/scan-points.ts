import type { MethodDescription } from "@xdeep/core";
import type { GraphBuilder, Value } from "@xdeep/onnx";

import { sampleDims } from "../../network/axes.ts";
import type { Feeds } from "../../network/network.ts";
import { batchedFeed } from "../moving-values.ts";
import { type Rows, type WriterContext, type WrittenAttribution, refusal } from "../writer.ts";
import { bodyGraph } from "./body-graph.ts";

/** One step: what moves, and the weight of its attribution in the sum, a scalar. */
export interface ScanStep {
  readonly moved: ReadonlyMap<string, Value>;
  readonly weight: Value;
}

/**
 * Σ over the steps of a Scan, one point of each row after the other: the engine holds the activations of one point alone, however many there are.
 *
 * @param series values [steps, …] that the Scan goes along
 * @param step what a step makes of its slices, with the builder of the Scan's body
 */
export function scanPoints(
  context: WriterContext,
  method: MethodDescription,
  rows: Rows,
  feeds: Feeds,
  series: readonly Value[],
  step: (g: GraphBuilder, slices: readonly Value[]) => ScanStep,
): WrittenAttribution {
  const { g } = context;
  const body = g.subgraph();
  const slices = series.map(({ facts }) => ({ name: body.freshName("slice"), facts: { type: facts.type, dims: facts.dims?.slice(1) ?? null } }));
  const { moved, weight } = step(body, slices);
  const inner = context.within(body);
  const points: Rows = {
    feeds: new Map([...feeds].map(([name, value]) => [name, moved.get(name) ?? value])),
    target: rows.target.within(body),
    copies: rows.copies,
    depth: rows.depth + 1,
  };
  const { values, layer } = inner.write(method, points);
  inner.network.finish();
  const sums = [...values].map(([name, value]) => {
    const before: Value = { name: body.freshName("sum"), facts: value.facts };
    return { name, before, after: body.add(before, body.mul(weight, value)) };
  });
  const graph = bodyGraph(
    body,
    "point",
    [...sums.map(({ before }) => before), ...slices],
    sums.map(({ after }) => after),
  );
  const zeros = sums.map(({ name, before }) => zerosOf(g, before, batchedFeed(context, feeds), name));
  const results = g.emit("Scan", [...zeros, ...series], { body: graph, num_scan_inputs: series.length }, { outputs: sums.length });
  return { layer, values: new Map(sums.map(({ name, before }, i) => [name, { name: results[i]!.name, facts: before.facts }])) };
}

/** Zeros [M, …] with a row for each of `like`. */
function zerosOf(g: GraphBuilder, value: Value, like: Value, name: string): Value {
  const dims = sampleDims(value);
  if (dims === null) throw refusal("A method of many points", `"${name}"`, "its size is open.", "Load the model with `inputDims`.");
  return g.expand(g.constant({ type: "float32", dims: [], data: Float32Array.of(0) }), g.concat([g.dimOf(like, 0), g.ints(dims)], 0));
}
