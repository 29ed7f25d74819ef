import { addScaled, batchSize, betweenRuns, innerOrigin, readsScores, scoreRows, sharedInputs, splitRows } from "@xdeep/core/method";
import type { ExplainOptions, Explainer, Provenance } from "@xdeep/core";
import type { RowValues } from "@xdeep/core/method";

import type { Point } from "./baseline.ts";
import type { Endpoint } from "./endpoint.ts";
import { levels } from "./quadrature.ts";
import type { Level } from "./quadrature.ts";
import type { RunCount } from "./run-count.ts";
import type { IntegratedSettings } from "./settings.ts";
import { pathEnd } from "./straight-path.ts";
import type { PathEnd } from "./straight-path.ts";

/** What all rows share. */
export interface Integration {
  readonly explainer: Explainer;
  readonly settings: IntegratedSettings;
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
  readonly steps: number;
  /** Of the gradients inside. */
  readonly provenance: Provenance;
}

/** Integrates over one row: adds levels of points until the delta is within the tolerance, or just the one level that was asked for. */
export async function integrateRow(integration: Integration, row: number, baselines: readonly Point[]): Promise<IntegratedRow> {
  const { settings, endpoint } = integration;
  const { multiplyByInputs, tolerance } = settings;
  const end = pathEnd(endpoint, row, sharedInputs(integration.explainer.model.inputs));
  const isMeasured = tolerance !== null || (multiplyByInputs && readsScores(integration.options));
  const gain = isMeasured ? endpoint.scores[row]! - (await meanScore(integration, row, end, baselines)) : null;
  const sums = baselines.map(() => zeros(end.point));
  let result: IntegratedRow | undefined;
  for (const level of levels(settings.quadrature, settings.n, settings.maxSteps)) {
    if (result !== undefined) integration.count.expect(baselines.length * runsOf(integration, level));
    let provenance: Provenance | undefined;
    for (const [index, start] of baselines.entries()) provenance = await addGradients(integration, row, { start, end, level }, sums[index]!);
    const products = mean(end.point, baselines, sums, level.steps, true);
    const delta = gain === null ? null : total(products) - gain;
    const values = multiplyByInputs ? products : mean(end.point, baselines, sums, level.steps, false);
    result = { values: withDims(values, endpoint), delta, difference: gain, steps: level.steps, provenance: provenance! };
    if (tolerance === null || Math.abs(delta!) <= tolerance) break;
  }
  return result!;
}

/** How often the explainer inside runs for a level of one path. */
export function runsOf({ explainer }: Pick<Integration, "explainer">, { nodes }: Pick<Level, "nodes">): number {
  return Math.ceil(nodes.length / batchSize(explainer.model.capabilities));
}

/** Adds the gradients at a level's points to `sum`, in chunks whose sum is formed on the device. */
async function addGradients(
  { explainer, endpoint, options, count }: Integration,
  row: number,
  { start, end, level }: { readonly start: Point; readonly end: PathEnd; readonly level: Level },
  sum: Point,
): Promise<Provenance> {
  const { output, score, signal } = options;
  let provenance: Provenance | undefined;
  for (const chunk of splitRows(level.nodes.length, batchSize(explainer.model.capabilities))) {
    await betweenRuns(signal);
    const nodes = Array.from(level.nodes.subarray(chunk.start, chunk.end), (alpha) => ({ start, alpha }));
    const weights = Float32Array.from(level.weights.subarray(chunk.start, chunk.end));
    const origin = innerOrigin(options, row, endpoint.rows, nodes.length);
    const part = await explainer.explain(end.at(nodes), { target: endpoint.target[row]!, output, score, wrt: endpoint.moving, weights, origin, signal });
    for (const name of endpoint.moving) addScaled(sum[name]!, part.values[name]!.data);
    provenance = part.provenance;
    count.done();
  }
  return provenance!;
}

/** F(x′), the mean over baselines. */
async function meanScore({ explainer, endpoint, options }: Integration, row: number, end: PathEnd, baselines: readonly Point[]): Promise<number> {
  const { output, score, signal } = options;
  const { scores } = await scoreRows(
    explainer.model,
    { feeds: end.at(baselines.map((start) => ({ start, alpha: 0 }))), rows: baselines.length },
    {
      output,
      score,
      signal,
      outputs: [endpoint.output],
      target: baselines.map(() => endpoint.target[row]!),
    },
  );
  return scores.reduce((sum, value) => sum + value, 0) / baselines.length;
}

/** The mean over baselines of the mean gradients, each times (x − x′) where asked. */
function mean(end: Point, baselines: readonly Point[], sums: readonly Point[], steps: number, multiply: boolean): Point {
  const result = zeros(end);
  const share = 1 / (steps * baselines.length);
  for (const [index, start] of baselines.entries()) {
    for (const [name, sum] of Object.entries(sums[index]!)) {
      if (multiply) addProducts(result[name]!, sum, end[name]!, start[name]!, share);
      else addScaled(result[name]!, sum, share);
    }
  }
  return result;
}

function addProducts(result: Float64Array, sum: Float64Array, end: Float64Array, start: Float64Array, share: number): void {
  for (let i = 0; i < result.length; i++) result[i] = result[i]! + share * (sum[i]! * (end[i]! - start[i]!));
}

function zeros(like: Point): Point {
  return Object.fromEntries(Object.entries(like).map(([name, { length }]) => [name, new Float64Array(length)]));
}

function total(point: Point): number {
  let sum = 0;
  for (const values of Object.values(point)) for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

function withDims(point: Point, { feeds }: Endpoint): RowValues {
  return Object.fromEntries(Object.entries(point).map(([name, data]) => [name, { dims: feeds[name]!.dims.slice(1), data }]));
}
