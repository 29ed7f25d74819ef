import { type ExplainOptions, type Input, type Model, type Tensor, XDeepError } from "@xdeep/core";
import {
  betweenRuns,
  checkExplainOptions,
  demandCount,
  expandTargets,
  movableInputs,
  repeatFeeds,
  resolveInput,
  rowBaselines,
  sliceFeeds,
} from "@xdeep/core/method";
import type { Baseline, ResolvedInput } from "@xdeep/core/method";

import { type AtLayer, atLayerOf } from "../at-layer.ts";
import { pointsOn } from "./path-points.ts";
import { LAYER_OPTIONS, type LayerOptions, chooseLayer } from "../layer-options.ts";

/** Steps on the path where nothing is asked. */
export const DEFAULT_STEPS = 50;

export interface PathOptions extends LayerOptions {
  /** Steps on the straight path from x′ to x. Default 50. */
  readonly n?: number | undefined;
  /** x′, in every float input with a batch axis but masks. Default 0. */
  readonly baseline?: Baseline | undefined;
}

export const PATH_OPTIONS: readonly string[] = [...LAYER_OPTIONS, "n", "baseline"];

/** @throws {XDeepError} OPTION_INVALID for steps that are none */
export function checkSteps(caller: string, { n = DEFAULT_STEPS }: PathOptions): number {
  demandCount(caller, "n", n);
  return n;
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
  const resolved = await resolveInput(model, input, options.signal);
  checkExplainOptions(options, resolved.rows);
  const layer = await chooseLayer(model, path, options.output);
  const { target, onProgress, weights: _weights, ...call } = options;
  const targets = expandTargets(target, resolved.rows);
  const baselines = rowBaselines([path.baseline ?? 0], movingInputs(model), resolved, options);
  const rows: R[] = [];
  const ends: AtLayer[] = [];
  for (let index = 0; index < resolved.rows; index++) {
    if (index > 0) await betweenRuns(options.signal);
    const feeds = sliceFeeds(resolved.feeds, { start: index, end: index + 1 }, model.inputs);
    const end = await atLayerOf(model, { feeds, rows: 1 }, { ...call, target: targets[index] ?? null }, layer);
    const [start] = baselines(index);
    const fixed = { ...call, target: end.target[0]! };
    const run = (points: ResolvedInput): Promise<AtLayer> => atLayerOf(model, points, fixed, layer);
    ends.push(end);
    rows.push(
      await body({
        end,
        at: (alphas) => run({ feeds: pointsOn(feeds, start!, alphas, model.inputs), rows: alphas.length }),
        from(points) {
          const count = points.dims[0]!;
          return run({ feeds: { ...repeatFeeds(feeds, count, model.inputs), [layer.name]: points }, rows: count });
        },
      }),
    );
    onProgress?.({ done: index + 1, total: resolved.rows });
  }
  return { rows, ends };
}

function movingInputs({ inputs }: Model): readonly string[] {
  const names = movableInputs(inputs);
  if (names.length > 0) return names;
  throw new XDeepError("WRT_UNKNOWN", "The model has no float input, so there is no path in its input. Use layerIntegrated with the layer's own baseline.");
}
