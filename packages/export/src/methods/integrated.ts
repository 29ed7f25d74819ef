import type { MethodDescription } from "@xdeep/core";
import { type QuadratureName, quadrature } from "@xdeep/integrated";
import { type Value, rankOf } from "@xdeep/onnx";

import { floats, folded, meansOf, unfolded, weightedMean, withAxes } from "../network/axes.ts";
import type { Feeds } from "../network/network.ts";
import { type EndScores, type Start, deltaOf, endScores, pathPoint, startsOf } from "./baselines.ts";
import { feedsWith, pointFeeds } from "./moving-values.ts";
import { scanPoints } from "./control-flow/scan-points.ts";
import { loopToTolerance } from "./tolerance/loop-to-tolerance.ts";
import type { Demand } from "./tolerance/nested-rule.ts";
import { type Rows, type WriterContext, type WrittenAttribution, inside, refusal } from "./writer.ts";

interface IntegratedParameters extends Demand {
  /** Left out where points are taken until a tolerance is met. */
  readonly n?: number;
  readonly quadrature?: QuadratureName;
  readonly multiplyByInputs?: boolean;
  readonly baseline?: unknown;
}

/** Integrated gradients: a fixed number of points, which are folded into the batch axis, [N · n, …], a weighted sum, [N, …]; or a Loop to a tolerance. */
export function writeIntegrated(outer: WriterContext, method: MethodDescription, rows: Rows): WrittenAttribution {
  const context = outer.moving();
  const { wrt, scanBeyond } = context;
  const { n, quadrature: scheme = "midpoint", multiplyByInputs = true, ...demand } = method.parameters as unknown as IntegratedParameters;
  if (n === undefined && scanBeyond === null) {
    throw refusal(
      "integrated",
      "a tolerance",
      "each row takes as many points as it needs, in a Loop, and portable files have no control flow.",
      'Fix it: integrated(explainer, { n: 8 }); few points of quadrature "gausslegendre" serve smooth models best, and convergence_delta says what each row misses. For an ONNX Runtime of your own, pass profile: "server".',
    );
  }
  const feeds = feedsWith(context, rows, wrt);
  const starts = startsOf(context, method.name, demand.baseline ?? 0, feeds);
  const scores = (): EndScores => endScores(context, rows, feeds, starts);
  const withDelta = (written: WrittenAttribution, ends: () => EndScores): WrittenAttribution =>
    multiplyByInputs && rows.depth === 0 ? { ...written, delta: deltaOf(context, ends(), written.values) } : written;
  if (n === undefined) {
    const ends = scores();
    return withDelta(
      loopToTolerance(context, inside(method), rows, { feeds, starts, scores: ends, demand, multiplyByInputs, atOnce: scanBeyond! }),
      () => ends,
    );
  }
  const path: Path = { feeds, starts, ...quadrature(scheme, n), multiplyByInputs };
  const isScanned = scanBeyond !== null && starts.length * n > scanBeyond;
  return withDelta((isScanned ? oneByOne : atOnce)(context, inside(method), rows, path), scores);
}

interface Path {
  readonly feeds: Feeds;
  readonly starts: readonly Start[];
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
  readonly multiplyByInputs: boolean;
}

/** Every point of every path in one batch. */
function atOnce(context: WriterContext, method: MethodDescription, rows: Rows, { feeds, starts, nodes, weights, multiplyByInputs }: Path): WrittenAttribution {
  const { g, write, wrt } = context;
  const moved = wrt.map((name) => [name, pathPoints(context, feeds.get(name)!, starts, name, nodes)] as const);
  const count = starts.length * nodes.length;
  const { values, layer } = write(method, {
    feeds: pointFeeds(context, feeds, new Map(moved), count),
    target: rows.target.repeat(count),
    copies: rows.copies * count,
    depth: rows.depth + 1,
  });
  const results = [...values].map(([name, gradients]) => {
    const means = weightedMean(g, gradients, [...weights]);
    return [name, multiplyByInputs ? meanProduct(context, means, feeds.get(name)!, starts, name) : meanOver(g, means, starts.length)] as const;
  });
  return { layer, values: new Map(results) };
}

/** The same with one point at a time, however many there are. */
function oneByOne(
  context: WriterContext,
  method: MethodDescription,
  rows: Rows,
  { feeds, starts, nodes, weights, multiplyByInputs }: Path,
): WrittenAttribution {
  const { g, wrt, pointType } = context;
  const series = [floats(g, pointType, [nodes.length], nodes, "nodes"), floats(g, "float32", [nodes.length], weights, "weights")];
  const exact = new Map(wrt.map((name) => [name, g.cast(feeds.get(name)!, pointType)]));
  const parts = starts.map((start) => {
    const { values, layer } = scanPoints(context, method, rows, feeds, series, (body, [alpha, weight]) => {
      const moved = wrt.map((name): [string, Value] => {
        const [x, from] = [exact.get(name)!, start.get(name)!];
        return [name, body.cast(pathPoint(body, x, from, alpha!), "float32")];
      });
      return { moved: new Map(moved), weight: weight! };
    });
    const products = [...values].map(([name, mean]) => [name, multiplyByInputs ? meanProduct(context, mean, feeds.get(name)!, [start], name) : mean] as const);
    return { layer, values: new Map(products) };
  });
  const means = meansOf(
    g,
    parts.map(({ values }) => values),
  );
  return { layer: parts[0]!.layer, values: means };
}

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
