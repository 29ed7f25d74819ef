import { type ExplainOptions, type FloatTensor, type Input, type Model, type Tensor, XDeepError } from "@xdeep/core";
import {
  addScaled,
  betweenRuns,
  checkExplainOptions,
  fromFloat64,
  originRow,
  repeatFeeds,
  resolveInput,
  sharedInputs,
  sliceFeeds,
  toFloat64,
} from "@xdeep/core/method";
import type { ResolvedInput } from "@xdeep/core/method";

import { type AtLayer, atLayerOf } from "./at-layer.ts";
import { type PathBaseline, baselinesOf } from "./path-baselines.ts";
import { LAYER_OPTIONS, type LayerOptions, chooseLayer } from "./layer-options.ts";

/** Steps on the path where nothing is asked. */
export const DEFAULT_STEPS = 50;

export interface PathOptions extends LayerOptions {
  /** Steps on the straight path from x′ to x. Default 50. */
  readonly n?: number | undefined;
  /** x′. Default 0. */
  readonly baseline?: PathBaseline | undefined;
}

export const PATH_OPTIONS: readonly string[] = [...LAYER_OPTIONS, "n", "baseline"];

/** @throws {XDeepError} OPTION_INVALID for steps that are none */
export function checkSteps(caller: string, { n = DEFAULT_STEPS }: PathOptions): number {
  if (Number.isInteger(n) && n >= 1) return n;
  throw new XDeepError("OPTION_INVALID", `${caller}: n must be an integer of at least 1, got ${String(n)}.`, { details: { option: "n", got: n } });
}

/** One row, its target fixed at x, and what the network gives along its path. */
export interface PathRow {
  /** At x itself. */
  readonly end: AtLayer;
  /** Values and gradients of the layer at these shares of the way from x′ to x, in order: [alphas, …]. */
  at(alphas: readonly number[]): Promise<AtLayer>;
  /** The network run from the layer on, with these values there, [points, …]. */
  from(points: Tensor): Promise<AtLayer>;
}

/** Calls `body` for every row of the input, one after the other, with its own path. */
export async function forEachRow<R>(
  model: Model,
  input: Input,
  options: ExplainOptions,
  path: PathOptions,
  body: (row: PathRow) => Promise<R>,
): Promise<{ readonly rows: readonly R[]; readonly ends: readonly AtLayer[] }> {
  options.signal?.throwIfAborted();
  const resolved = resolveInput(model, input);
  checkExplainOptions(options, resolved.rows);
  const layer = await chooseLayer(model, path, options.output);
  const { target, onProgress, weights: _weights, ...call } = options;
  const shared = sharedInputs(model.inputs);
  const rows: R[] = [];
  const ends: AtLayer[] = [];
  for (let index = 0; index < resolved.rows; index++) {
    if (index > 0) await betweenRuns(options.signal);
    const feeds = sliceFeeds(resolved.feeds, { start: index, end: index + 1 }, shared);
    const own = Array.isArray(target) ? target[index] : target;
    const end = await atLayerOf(model, { feeds, rows: 1 }, { ...call, target: own ?? null }, layer);
    const baselines = baselinesOf(model, resolved.feeds, path.baseline ?? 0, originRow(options, index), options.origin?.of ?? resolved.rows);
    const fixed = { ...call, target: end.target[0]! };
    const run = (points: ResolvedInput): Promise<AtLayer> => atLayerOf(model, points, fixed, layer);
    ends.push(end);
    rows.push(
      await body({
        end,
        at: (alphas) => run({ feeds: pointsOn(feeds, baselines, alphas, shared), rows: alphas.length }),
        from(points) {
          const count = points.dims[0]!;
          return run({ feeds: { ...repeatFeeds(feeds, count, shared), [layer.name]: points }, rows: count });
        },
      }),
    );
    onProgress?.({ done: index + 1, total: resolved.rows });
  }
  return { rows, ends };
}

/** The mean of `n` gradients of one row, [n, …], in double precision. */
export function meanOver({ data }: FloatTensor, n: number): Float64Array {
  const mean = new Float64Array(data.length / n);
  for (let k = 0; k < n; k++) addScaled(mean, data.subarray(k * mean.length, (k + 1) * mean.length), 1 / n);
  return mean;
}

/** The centres of n equal steps. */
export function midpoints(n: number): readonly number[] {
  return Array.from({ length: n }, (_, k) => (k + 0.5) / n);
}

function pointsOn(
  feeds: Readonly<Record<string, Tensor>>,
  baselines: ReadonlyMap<string, Float64Array>,
  alphas: readonly number[],
  shared: ReadonlySet<string>,
): Readonly<Record<string, Tensor>> {
  const still = repeatFeeds(feeds, alphas.length, shared);
  const moving = [...baselines].map(([name, start]) => {
    const { type, dims } = feeds[name]!;
    const end = toFloat64(feeds[name]!);
    const values = new Float64Array(alphas.length * end.length);
    alphas.forEach((alpha, k) => end.forEach((value, i) => (values[k * end.length + i] = start[i]! + alpha * (value - start[i]!))));
    return [name, fromFloat64(type, [alphas.length, ...dims.slice(1)], values)] as const;
  });
  return { ...still, ...Object.fromEntries(moving) };
}
