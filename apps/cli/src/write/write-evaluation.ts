import { join } from "node:path";

import { renderCurves, writePng, writeWholeFile } from "@xdeep/image";
import type { Comparison, Curve, Evaluation } from "@xdeep/metrics";

import type { ModelRecord } from "../explain/explanation.ts";
import type { Failure } from "../explain/report.ts";
import type { HashedFile } from "../inputs/hashed-file.ts";
import { VERSION } from "../version.ts";
import { safeName, uniqueNames } from "./file-stem.ts";

/** What was measured on one input. */
export interface EvaluatedInput extends HashedFile {
  /** As it was given on the command line. */
  readonly path: string;
  /** Names of the targets, row by row. */
  readonly names: readonly (string | null)[];
}

/** A table with all that is needed to make it again. Plain data. */
export interface EvaluationDocument {
  readonly model: ModelRecord;
  /** In the order of the table's rows. */
  readonly inputs: readonly EvaluatedInput[];
  readonly evaluation: Evaluation;
  readonly comparison: Readonly<Record<string, Comparison>>;
  readonly failures: readonly Failure[];
  readonly warnings: readonly string[];
  readonly files: { readonly record: string; readonly curves: Readonly<Record<string, string>> };
}

export interface WriteEvaluationOptions {
  readonly folder: string;
  /** Of the model, in the names of the files. */
  readonly name: string;
  readonly told: { readonly failures: readonly Failure[]; readonly warnings: readonly string[] };
}

/** Writes the document, and a picture for every metric with curves. */
export async function writeEvaluation(
  measured: Pick<EvaluationDocument, "model" | "inputs" | "evaluation" | "comparison">,
  { folder, name, told: { failures, warnings } }: WriteEvaluationOptions,
): Promise<EvaluationDocument> {
  const { evaluation, model } = measured;
  const metrics = Object.keys(evaluation.metrics);
  const stems = uniqueNames(metrics.map(safeName));
  const curves: Record<string, string> = {};
  for (const [n, metric] of metrics.entries()) {
    const plotted = meanCurves(evaluation, metric);
    if (plotted.length === 0) continue;
    curves[metric] = `evaluation.${name}.${stems[n]}.png`;
    await writePng(join(folder, curves[metric]), await renderCurves({ ...axesOf(evaluation, metric, model.file), curves: plotted }));
  }
  const versions = { ...evaluation.versions, "@xdeep/cli": VERSION };
  const files = { record: `evaluation.${name}.json`, curves };
  const document = { ...measured, evaluation: { ...evaluation, versions }, failures, warnings, files };
  await writeWholeFile(join(folder, files.record), `${JSON.stringify(document, null, 2)}\n`);
  return document;
}

const X_LABELS: Readonly<Record<string, string>> = {
  deletion: "share removed, most important first",
  insertion: "share returned, most important first",
  "pixel-flipping": "share removed, most important first",
  mprt: "share of the weights permuted, from the output down",
  "smooth-mprt": "share of the weights permuted, from the output down",
};

function axesOf({ metrics, rows }: Evaluation, name: string, file: string): { readonly title: string; readonly xLabel: string; readonly yLabel: string } {
  const { metric, better, parameters } = metrics[name]!;
  const count = rows === 1 ? "" : `, mean of ${rows} inputs`;
  const score = parameters["score"] === "probability" ? "probability" : "score";
  return {
    title: `${file}: ${name}${count} (${better} is better)`,
    xLabel: X_LABELS[metric] ?? "share",
    yLabel: metric.endsWith("mprt") ? "similarity" : score,
  };
}

/** The mean over rows of each method's curve. */
function meanCurves(
  { results }: Evaluation,
  metric: string,
): readonly { readonly name: string; readonly x: readonly number[]; readonly y: readonly number[] }[] {
  return Object.entries(results[metric]!).flatMap(([name, { curves = [] }]) => {
    const drawn = curves.filter(({ x }) => x.length > 1);
    return drawn.length === 0 ? [] : [{ name, ...meanCurve(drawn) }];
  });
}

/** Inputs of different sizes have points at different shares: all are read at those of the curve that has most. */
function meanCurve(curves: readonly Curve[]): Curve {
  const { x } = curves.reduce((longest, curve) => (curve.x.length > longest.x.length ? curve : longest));
  return { x, y: x.map((share) => curves.reduce((sum, curve) => sum + heightAt(curve, share), 0) / curves.length) };
}

/** By the straight line between its neighbours. */
function heightAt({ x, y }: Curve, share: number): number {
  const after = x.findIndex((value) => value >= share);
  if (after <= 0) return after === 0 ? y[0]! : y.at(-1)!;
  const [left, right] = [x[after - 1]!, x[after]!];
  return y[after - 1]! + ((share - left) / (right - left)) * (y[after]! - y[after - 1]!);
}
