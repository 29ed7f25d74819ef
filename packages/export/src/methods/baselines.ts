import { type Tensor, XDeepError, isTensor, sizeOf } from "@xdeep/core";
import { type Baseline, describedBaseline, sharedInputs, toFloat64 } from "@xdeep/core/method";
import type { GraphBuilder, Value } from "@xdeep/onnx";

import { floats, meanOf, rowSum, sampleDims } from "../network/axes.ts";
import type { Feeds } from "../network/network.ts";
import { type Rows, type WriterContext, type WrittenAttribution, refusal } from "./writer.ts";

/** x′ of each path, by the names of what moves: [1, …], or [M, …] where it depends on the row; of the precision of points. */
export type Start = ReadonlyMap<string, Value>;

/** x′ + α (x − x′), of the precision of points. */
export function pathPoint(g: GraphBuilder, x: Value, from: Value, alpha: Value): Value {
  return g.add(from, g.mul(alpha, g.sub(x, from)));
}

/** F at the ends of each row's path: [M], or [1] for an x′ that all rows share. */
export interface EndScores {
  readonly start: Value;
  readonly end: Value;
}

/** F(x) and F(x′), the mean over baselines. Where x′ is the same for all rows the engine computes F(x′) once, when it loads the file. */
export function endScores({ g, network, scored }: WriterContext, { target, feeds: own }: Rows, feeds: Feeds, starts: readonly Start[]): EndScores {
  const before = starts.map((start) => {
    const isOneRow = [...feeds.keys()].every((name) => start.get(name)?.facts.dims?.[0] === 1);
    const at = [...feeds].map(([name, value]): [string, Value] => {
      const from = start.get(name);
      const single = from === undefined ? value : g.cast(from, "float32");
      return [name, from === undefined ? single : isOneRow ? g.expand(single, g.ints([1, ...sampleOf(value)])) : g.expandLike(single, value)];
    });
    return target.scores(network.at(new Map(at)).value(scored), isOneRow);
  });
  return { start: meanOf(g, before), end: target.scores(network.at(own).value(scored)) };
}

/** Σ A − (F(x) − F(x′)). */
export function deltaOf({ g, model }: WriterContext, { start, end }: EndScores, values: WrittenAttribution["values"]): Value {
  // What has no batch axis does not move, and its share is 0.
  const shared = sharedInputs(model.inputs);
  const total = g.sum([...values].flatMap(([name, value]) => (shared.has(name) ? [] : [rowSum(g, value)])));
  return g.sub(total, g.sub(end, start));
}

/**
 * The baselines that a description names, or those of `tensors` where it holds their dims alone.
 *
 * @throws {XDeepError} OPTION_INVALID, BASELINE_INVALID
 */
export function startsOf(context: WriterContext, method: string, described: unknown, feeds: Feeds): readonly Start[] {
  const option = describedBaseline(described) ?? context.tensors.baseline;
  if (option === undefined) throw refusal(method, "a tensor as baseline", "the description holds its dims alone.", "Pass it again: `tensors: { baseline }`.");
  return (Array.isArray(option) ? (option as readonly Baseline[]) : [option as Baseline]).map((baseline) => startOf(context, baseline, feeds));
}

function startOf(context: WriterContext, baseline: Baseline, feeds: Feeds): Start {
  const { g, network, wrt, pointType } = context;
  if (typeof baseline === "number" || isTensor(baseline)) return new Map(wrt.map((name) => [name, constantStart(context, baseline, feeds.get(name)!)]));
  const integers = Object.keys(baseline).filter((name) => !wrt.includes(name) && feeds.has(name));
  const moved = new Map(
    [...network.inputs.keys()].map((name) => [name, integers.includes(name) ? integerStart(context, baseline[name]!, feeds.get(name)!) : feeds.get(name)!]),
  );
  return new Map(
    wrt.map((name) => {
      const given = baseline[name];
      if (given !== undefined) return [name, constantStart(context, given, feeds.get(name)!)];
      if (integers.length > 0) return [name, g.cast(network.at(moved).value(name), pointType)];
      throw new XDeepError("BASELINE_INVALID", `The baseline names no value for "${name}".`, { details: { name } });
    }),
  );
}

/** Tokens in the place of a row's own: their embeddings are where the path starts. */
function integerStart({ g }: WriterContext, given: number | Tensor, own: Value): Value {
  if (typeof given !== "number")
    throw refusal("integrated", "a tensor of integers as baseline", "only one integer for all places is written.", "Pass a number.");
  const fill = g.constant({ type: "int64", dims: [], data: BigInt64Array.of(BigInt(given)) });
  return g.expandLike(g.cast(fill, own.facts.type ?? "int64"), own);
}

/** One number, [1, 1, …], or a tensor of one sample, [1, …]. */
function constantStart({ g, pointType }: WriterContext, given: number | Tensor, like: Value): Value {
  const sample = sampleOf(like);
  // One number for all places: browsers' builds of ONNX Runtime cannot expand float64.
  if (typeof given === "number") return floats(g, pointType, [1, ...sample.map(() => 1)], Float64Array.of(given), "baseline");
  const fits = [String(sample), String([1, ...sample])].includes(String(given.dims)) && given.data.length === sizeOf(sample);
  if (fits) return floats(g, pointType, [1, ...sample], toFloat64(given), "baseline");
  throw new XDeepError("BASELINE_INVALID", `A file holds one baseline for all rows: it needs dims [${sample.join(", ")}], got [${given.dims.join(", ")}].`, {
    details: { expected: sample, got: given.dims },
  });
}

/** The dims of one row. @throws {XDeepError} OPTION_INVALID where one is open */
function sampleOf(like: Value): readonly number[] {
  const dims = sampleDims(like);
  if (dims !== null) return dims;
  const sizes = (like.facts.dims ?? []).map(String).join(", ");
  throw refusal("integrated", `a path in "${like.name}"`, `its size is open, [${sizes}].`, "Load the model with `inputDims`.");
}
