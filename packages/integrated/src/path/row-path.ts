import { XDeepError, explainTargets } from "@xdeep/core";
import { batchSize, betweenRuns, innerOrigin, pauses, scoreTargets, splitRows } from "@xdeep/core/method";
import type { Attribution, ExplainOptions, Explainer, Target, Tensor } from "@xdeep/core";
import type { MovedFeeds, Point, RowRange, RowValues } from "@xdeep/core/method";

import type { Endpoint, Moving } from "./endpoint.ts";
import { type PathNode, pathEnd } from "./straight-path.ts";

/** What all rows and targets share. */
export interface Integration {
  readonly explainer: Explainer;
  /** (x − x′) ⊙ mean gradient, or the mean gradient. */
  readonly multiplyByInputs: boolean;
  readonly moving: Moving;
  /** Makes the feeds of all rows. */
  readonly moved: MovedFeeds;
  readonly options: ExplainOptions;
}

/** The attributions inside at some nodes of one row, or their weighted sum. */
export type PathPart = Attribution<Readonly<Record<string, Tensor>>>;

export interface IntegratedRow {
  readonly values: RowValues;
  /** Σ A − (F(x) − F(x′)), with A = (x − x′) ⊙ mean gradient; null where nobody asked. */
  readonly delta: number | null;
  /** F(x) − F(x′); null with the delta. */
  readonly difference: number | null;
  /** The largest delta that was asked for; null where none was. */
  readonly tolerance: number | null;
  /** The share of the attributions, in the 2-norm, that they are expected to miss; null without a tolerance. */
  readonly expectedError: number | null;
  /** True where more points would not change the delta. */
  readonly stands: boolean;
  readonly steps: number;
  /** One of those inside: what they say of themselves. */
  readonly inside: Pick<PathPart, "layer" | "provenance">;
}

/** Nodes whose gradients are asked for, as many as one run takes; with `weights`, only their weighted sum. */
export interface NodeRequest {
  readonly nodes: readonly PathNode[];
  readonly weights?: Float64Array | undefined;
}

/**
 * What integrates one target over the paths of one row: it asks for the gradients of a run, and goes on when they are there. Whoever answers can so run the network
 * once for several targets that ask for the same.
 */
export type RowIntegration<R = IntegratedRow> = AsyncGenerator<NodeRequest, R, PathPart>;

/** The paths of one row: from each of its baselines to the input. */
export interface RowPath {
  /** The values that move, at the input. */
  readonly end: Point;
  readonly baselines: readonly Point[];
  /** F(x′) of each target, the mean over baselines. */
  baselineScores(endpoints: readonly Endpoint[]): Promise<readonly number[]>;
  /** Nodes in runs as large as the backend wants them. */
  runs(nodes: readonly PathNode[]): readonly RowRange[];
  /** Runs the explainer inside at the nodes of a request: a part for each target. */
  gradients(request: NodeRequest, targets: readonly Target[]): Promise<readonly PathPart[]>;
  /** A result of the row, with the dims of one sample. */
  values(data: Point): RowValues;
}

export function rowPath({ explainer, moving, moved, options }: Integration, row: number, baselines: readonly Point[]): RowPath {
  const { output, score, signal } = options;
  const { model } = explainer;
  const { point: end, at } = pathEnd(moving, row, moved, model.inputs);

  async function baselineScores(endpoints: readonly Endpoint[]): Promise<readonly number[]> {
    const nodes = baselines.map((start) => ({ start, alpha: 0 }));
    const input = { feeds: await at(nodes, pauses(signal)), rows: baselines.length };
    const targets = endpoints.map(({ target }) => baselines.map(() => target[row]!));
    const scored = await scoreTargets(model, input, targets, { output, score, signal });
    return scored.map(({ scores }) => scores.reduce((sum, value) => sum + value, 0) / baselines.length);
  }

  async function gradients({ nodes, weights }: NodeRequest, targets: readonly Target[]): Promise<readonly PathPart[]> {
    await betweenRuns(signal);
    const inside = {
      output,
      score,
      wrt: moving.names,
      origin: innerOrigin(options, row, moving.rows, nodes.length),
      signal,
      weights: weights && Float32Array.from(weights),
    };
    const feeds = await at(nodes, pauses(signal));
    const parts = await explainTargets(explainer, feeds, targets, inside);
    for (const part of parts) checkValues(part, end, weights === undefined ? nodes.length : 1);
    return parts;
  }

  const runs = (nodes: readonly PathNode[]): readonly RowRange[] => splitRows(nodes.length, batchSize(model.capabilities));
  const values = (data: Point): RowValues =>
    Object.fromEntries(Object.entries(data).map(([name, numbers]) => [name, { dims: moving.feeds[name]!.dims.slice(1), data: numbers }]));

  return { end, baselines, baselineScores, runs, gradients, values };
}

/** Methods at a layer give values of it, and no sum over a path in the input comes of them. */
function checkValues({ values, layer, provenance }: PathPart, end: Point, rows: number): void {
  const missing = Object.keys(end).find((name) => values[name]?.data.length !== rows * end[name]!.length);
  if (missing === undefined) return;
  const where = layer === undefined ? Object.keys(values).join('", "') : layer;
  throw new XDeepError(
    "OPTION_INVALID",
    `integrated follows a path in "${missing}" and sums attributions to it, but ${provenance.method.name} attributes to "${where}". Take integrated over a gradient, or layerIntegrated or conductance for a layer.`,
    { details: { method: provenance.method.name, expected: Object.keys(end), got: Object.keys(values) } },
  );
}

/** What the values of a part need not be kept for. */
export function insideOf({ layer, provenance }: PathPart): IntegratedRow["inside"] {
  return layer === undefined ? { provenance } : { layer, provenance };
}

/** How often the explainer inside runs for so many nodes. */
export function runsOf({ model }: Explainer, nodes: number): number {
  return Math.ceil(nodes / batchSize(model.capabilities));
}

/** Zeros in the form of a point. */
export function zeros(like: Point): Point {
  return Object.fromEntries(Object.entries(like).map(([name, { length }]) => [name, new Float64Array(length)]));
}
