import { batchSize, betweenRuns, innerOrigin, scoreRows, sharedInputs, splitRows } from "@xdeep/core/method";
import type { Attribution, ExplainOptions, Explainer, Provenance, Tensor } from "@xdeep/core";
import type { Point, RowRange, RowValues } from "@xdeep/core/method";

import type { Endpoint } from "./endpoint.ts";
import type { RunCount } from "./run-count.ts";
import { pathEnd } from "./straight-path.ts";
import type { PathNode } from "./straight-path.ts";

/** What all rows share. */
export interface Integration {
  readonly explainer: Explainer;
  /** (x − x′) ⊙ mean gradient, or the mean gradient. */
  readonly multiplyByInputs: boolean;
  readonly endpoint: Endpoint;
  readonly options: ExplainOptions;
  readonly count: RunCount;
}

export interface IntegratedRow {
  readonly values: RowValues;
  /** Σ A − (F(x) − F(x′)), with A = (x − x′) ⊙ mean gradient; null where nobody asked. */
  readonly delta: number | null;
  /** F(x) − F(x′); null with the delta. */
  readonly difference: number | null;
  /** The largest delta that was asked for; null where none was. */
  readonly tolerance: number | null;
  /** True where more points would not change the delta. */
  readonly stands: boolean;
  readonly steps: number;
  /** Of the gradients inside. */
  readonly provenance: Provenance;
}

/** The gradients of some nodes of one row, or their weighted sum. */
interface Gradients {
  readonly nodes: RowRange;
  readonly part: Attribution<Readonly<Record<string, Tensor>>>;
}

/** The paths of one row: from each of its baselines to the input. */
export interface RowPath {
  /** The values that move, at the input. */
  readonly end: Point;
  readonly baselines: readonly Point[];
  /** F(x′), the mean over baselines. */
  baselineScore(): Promise<number>;
  /** Runs the explainer inside at nodes, as many at once as the backend wants; with `weights`, for the weighted sum of each run. */
  gradients(nodes: readonly PathNode[], weights?: Float64Array): AsyncGenerator<Gradients, void>;
  /** A result of the row, with the dims of one sample. */
  values(data: Point): RowValues;
}

export function rowPath({ explainer, endpoint, options, count }: Integration, row: number, baselines: readonly Point[]): RowPath {
  const { output, score, signal } = options;
  const { model } = explainer;
  const target = endpoint.target[row]!;
  const { point: end, at } = pathEnd(endpoint, row, sharedInputs(model.inputs));

  async function baselineScore(): Promise<number> {
    const input = { feeds: at(baselines.map((start) => ({ start, alpha: 0 }))), rows: baselines.length };
    const { scores } = await scoreRows(model, input, { output, score, signal, outputs: [endpoint.output], target: baselines.map(() => target) });
    return scores.reduce((sum, value) => sum + value, 0) / baselines.length;
  }

  async function* gradients(nodes: readonly PathNode[], weights?: Float64Array): AsyncGenerator<Gradients, void> {
    for (const chunk of splitRows(nodes.length, batchSize(model.capabilities))) {
      await betweenRuns(signal);
      const origin = innerOrigin(options, row, endpoint.rows, chunk.end - chunk.start);
      const inside = {
        target,
        output,
        score,
        wrt: endpoint.moving,
        origin,
        signal,
        weights: weights && Float32Array.from(weights.subarray(chunk.start, chunk.end)),
      };
      const part = await explainer.explain(at(nodes.slice(chunk.start, chunk.end)), inside);
      count.done();
      yield { nodes: chunk, part };
    }
  }

  const values = (data: Point): RowValues =>
    Object.fromEntries(Object.entries(data).map(([name, numbers]) => [name, { dims: endpoint.feeds[name]!.dims.slice(1), data: numbers }]));

  return { end, baselines, baselineScore, gradients, values };
}

/** How often the explainer inside runs for so many nodes. */
export function runsOf({ model }: Explainer, nodes: number): number {
  return Math.ceil(nodes / batchSize(model.capabilities));
}

/** Zeros in the form of a point. */
export function zeros(like: Point): Point {
  return Object.fromEntries(Object.entries(like).map(([name, { length }]) => [name, new Float64Array(length)]));
}
