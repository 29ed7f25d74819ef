import { type MethodDescription, type Tensor, XDeepError, isTensor, sizeOf } from "@xdeep/core";
import { type Baseline, type BaselineOption, toFloat64 } from "@xdeep/core/method";
import { type QuadratureName, quadrature } from "@xdeep/integrated";
import { type Value, rankOf } from "@xdeep/onnx";

import { floats, folded, rowSum, unfolded, weightedMean, withAxes } from "../network/axes.ts";
import type { Feeds } from "../network/network.ts";
import { feedsWith, pointFeeds } from "./moving-values.ts";
import { type Rows, type WriterContext, type WrittenAttribution, inside, refusal } from "./writer.ts";

interface IntegratedParameters {
  /** Left out where points are taken until a tolerance is met. */
  readonly n?: number;
  readonly quadrature?: QuadratureName;
  readonly multiplyByInputs?: boolean;
  readonly baseline?: unknown;
}

/** Integrated gradients with a fixed number of points, which are folded into the batch axis: [N · n, …], a weighted sum, [N, …]. */
export function writeIntegrated(context: WriterContext, method: MethodDescription, rows: Rows): WrittenAttribution {
  const { g, write, wrt } = context;
  const { n, quadrature: scheme = "midpoint", multiplyByInputs = true } = method.parameters as unknown as IntegratedParameters;
  if (n === undefined) {
    throw refusal(
      "integrated",
      "a tolerance",
      "how many points it takes is known only while it runs.",
      'Fix it: integrated(explainer, { n: 8 }). Few points of quadrature "gausslegendre" serve smooth models best.',
    );
  }
  const feeds = feedsWith(context, rows, wrt);
  const starts = baselinesOf(context, method, feeds);
  const { nodes, weights } = quadrature(scheme, n);
  const moved = wrt.map((name) => [name, pathPoints(context, feeds.get(name)!, starts, name, nodes)] as const);
  const count = starts.length * n;
  const { values, layer } = write(inside(method), {
    feeds: pointFeeds(context, feeds, new Map(moved), count),
    target: rows.target.repeat(count),
    copies: rows.copies * count,
    depth: rows.depth + 1,
  });
  const results = [...values].map(([name, gradients]) => {
    const means = weightedMean(g, gradients, [...weights]);
    return [name, multiplyByInputs ? meanProduct(context, means, feeds.get(name)!, starts, name) : meanOver(g, means, starts.length)] as const;
  });
  const attribution = new Map(results);
  return { layer, values: attribution, ...(multiplyByInputs && rows.depth === 0 ? { delta: deltaOf(context, rows, feeds, starts, attribution) } : {}) };
}

/** x′ of each path, by the names of what moves: [1, …], or [M, …] where it depends on the row; of the precision of points. */
type Start = ReadonlyMap<string, Value>;

/** x′ + α (x − x′) for every baseline and node, [M · baselines · n, …]. */
function pathPoints({ g, pointType }: WriterContext, x: Value, starts: readonly Start[], name: string, nodes: Float64Array): Value {
  const ones = Array.from({ length: rankOf(x) - 1 }, () => 1);
  const alphas = floats(g, pointType, [1, nodes.length, ...ones], nodes, "nodes");
  const exact = g.cast(x, pointType);
  const paths = starts.map((start) => {
    const from = start.get(name)!;
    return withAxes(g, g.add(withAxes(g, from, 1), g.mul(alphas, withAxes(g, g.sub(exact, from), 1))), 1);
  });
  return g.cast(folded(g, g.concat(paths, 1), exact), "float32");
}

/** The mean over baselines of (x − x′) ⊙ mean gradient: [M · baselines, …] → [M, …]. */
function meanProduct({ g }: WriterContext, means: Value, x: Value, starts: readonly Start[], name: string): Value {
  const way = (start: Start): Value => g.sub(x, g.cast(start.get(name)!, "float32"));
  if (starts.length === 1) return g.mul(means, way(starts[0]!));
  const ways = g.concat(
    starts.map((start) => withAxes(g, way(start), 1)),
    1,
  );
  return meanOver(g, folded(g, g.mul(unfolded(g, means, [starts.length]), ways), x), starts.length);
}

function meanOver(g: WriterContext["g"], values: Value, count: number): Value {
  return count === 1
    ? values
    : weightedMean(
        g,
        values,
        Array.from({ length: count }, () => 1 / count),
      );
}

/** Σ A − (F(x) − F(x′)). Where x′ is the same for all rows the engine computes F(x′) once, when it loads the file. */
function deltaOf(
  { g, network, scored }: WriterContext,
  { target, feeds: own }: Rows,
  feeds: Feeds,
  starts: readonly Start[],
  values: WrittenAttribution["values"],
): Value {
  const before = starts.map((start) => {
    const isOneRow = [...feeds.keys()].every((name) => start.get(name)?.facts.dims?.[0] === 1);
    const at = [...feeds].map(([name, value]): [string, Value] => {
      const from = start.get(name);
      const single = from === undefined ? value : g.cast(from, "float32");
      return [name, from === undefined || isOneRow ? single : g.expandLike(single, value)];
    });
    return target.scores(network.at(new Map(at)).value(scored), isOneRow);
  });
  const mean = before.length === 1 ? before[0]! : g.scale(g.sum(before), 1 / before.length);
  const total = g.sum([...values.values()].map((value) => rowSum(g, value)));
  return g.sub(total, g.sub(target.scores(network.at(own).value(scored)), mean));
}

function baselinesOf(context: WriterContext, { parameters }: MethodDescription, feeds: Feeds): readonly Start[] {
  const described = (parameters["baseline"] ?? 0) as BaselineOption;
  const isPlain = JSON.stringify(described, (_, value: unknown) => (isDescription(value) ? undefined : value)) === JSON.stringify(described);
  const option = isPlain ? described : context.tensors.baseline;
  if (option === undefined)
    throw refusal("integrated", "a tensor as baseline", "the description holds its dims alone.", "Pass it again: `tensors: { baseline }`.");
  return (Array.isArray(option) ? (option as readonly Baseline[]) : [option as Baseline]).map((baseline) => startOf(context, baseline, feeds));
}

/** A tensor of which only type and dims were written down. */
function isDescription(value: unknown): boolean {
  return typeof value === "object" && value !== null && "dims" in value && !("data" in value);
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

/** [1, …]: one number everywhere, or a tensor of one sample. */
function constantStart({ g, pointType }: WriterContext, given: number | Tensor, like: Value): Value {
  const dims = like.facts.dims?.slice(1) ?? [];
  if (!dims.every((dim) => typeof dim === "number")) {
    throw refusal(
      "integrated",
      `a path in "${like.name}"`,
      `its size is open, [${(like.facts.dims ?? []).map(String).join(", ")}].`,
      "Load the model with `inputDims`.",
    );
  }
  const sample = dims as readonly number[];
  if (typeof given === "number") return g.expand(floats(g, pointType, [], Float64Array.of(given), "baseline"), g.ints([1, ...sample]));
  const fits = [String(sample), String([1, ...sample])].includes(String(given.dims)) && given.data.length === sizeOf(sample);
  if (fits) return floats(g, pointType, [1, ...sample], toFloat64(given), "baseline");
  throw new XDeepError("BASELINE_INVALID", `A file holds one baseline for all rows: it needs dims [${sample.join(", ")}], got [${given.dims.join(", ")}].`, {
    details: { expected: sample, got: given.dims },
  });
}
