import type { MethodDescription, Target, XDeepErrorCode } from "@xdeep/core";
import { XDeepError } from "@xdeep/core";

import type { Better, Curve, Measurement } from "../metric.ts";

/** Every metric of every method, over all rows. Plain data: `JSON.stringify` writes all of it. */
export interface Evaluation {
  readonly format: "xdeep.evaluation/1";
  readonly rows: number;
  /** What each row was explained for. */
  readonly target: readonly Target[];
  /** By the names that were given. */
  readonly methods: Readonly<Record<string, MethodDescription>>;
  readonly metrics: Readonly<Record<string, { readonly metric: string; readonly better: Better; readonly parameters: Readonly<Record<string, unknown>> }>>;
  /** Results by metric, then by method. */
  readonly results: Readonly<Record<string, Readonly<Record<string, EvaluationResult>>>>;
  /** What could not be explained or measured, whose values are null; only where there is any. */
  readonly refused?: readonly Refusal[];
  /** Versions of the packages of xdeep that took part, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface EvaluationResult {
  /** One per row; null where the measure is not defined, or its method was refused. */
  readonly values: readonly (number | null)[];
  /** Of the rows where it is; null where there is none. */
  readonly mean: number | null;
  readonly curves?: readonly Curve[];
  readonly notes?: readonly string[];
}

/** A method that could not run, or a metric that could not measure it, and why. Plain data. */
export interface Refusal {
  readonly method: string;
  /** The metric's name in the table; absent where there is no explanation at all. */
  readonly metric?: string;
  /** Rows of the table, counted from 0. */
  readonly rows: readonly number[];
  readonly code: XDeepErrorCode;
  readonly message: string;
}

export function resultOf({ values, curves, notes }: Pick<EvaluationResult, "values"> & Partial<Measurement>): EvaluationResult {
  const defined = values.filter((value) => value !== null);
  const mean = defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
  return { values, mean, ...(curves === undefined ? {} : { curves }), ...(notes === undefined ? {} : { notes }) };
}

/** As a field of a table: left out where nothing was refused. */
export function refusedField(refused: readonly Refusal[]): Pick<Evaluation, "refused"> {
  return refused.length === 0 ? {} : { refused };
}

/**
 * The rows of several evaluations of the same methods and metrics, one below the other.
 *
 * @throws {XDeepError} OPTION_INVALID where they differ
 */
export function joinEvaluations(parts: readonly Evaluation[]): Evaluation {
  const [first] = parts;
  if (first === undefined) throw new XDeepError("OPTION_INVALID", "There is no evaluation to join.", { details: { option: "parts" } });
  const names = ({ methods, metrics }: Evaluation): string => JSON.stringify([Object.keys(methods), Object.keys(metrics)]);
  const other = parts.find((part) => names(part) !== names(first));
  if (other !== undefined)
    throw new XDeepError("OPTION_INVALID", "Evaluations to join have the same methods and metrics, in the same order.", { details: { option: "parts" } });
  const methods = Object.keys(first.methods);
  const results = Object.keys(first.metrics).map((metric) => [
    metric,
    Object.fromEntries(methods.map((method) => [method, joinResults(parts, metric, method)])),
  ]);
  const { refused: _refused, ...rest } = first;
  return {
    ...rest,
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    target: parts.flatMap(({ target }) => target),
    methods: Object.fromEntries(methods.map((method) => [method, (parts.find((part) => explained(part, method)) ?? first).methods[method]!])),
    results: Object.fromEntries(results),
    ...refusedField(joinRefusals(parts)),
    versions: Object.assign({}, ...parts.map(({ versions }) => versions)),
  };
}

function joinResults(parts: readonly Evaluation[], metric: string, method: string): EvaluationResult {
  const results = parts.map(({ results: each }) => each[metric]![method]!);
  const notes = [...new Set(results.flatMap((result) => result.notes ?? []))];
  const hasCurves = results.some((result) => result.curves !== undefined);
  // Rows without a value have a curve without points.
  const curves = hasCurves ? results.flatMap((result) => result.curves ?? result.values.map(() => ({ x: [], y: [] }))) : undefined;
  return resultOf({ values: results.flatMap(({ values }) => values), curves, ...(notes.length === 0 ? {} : { notes }) });
}

/** Whether a method ran: only then its description says all of it, such as the layer that it found. */
function explained({ refused = [] }: Evaluation, method: string): boolean {
  return !refused.some((each) => each.method === method && each.metric === undefined);
}

/** Each reason once, with the rows of all parts. */
function joinRefusals(parts: readonly Evaluation[]): readonly Refusal[] {
  const joined = new Map<string, Refusal>();
  let before = 0;
  for (const { refused = [], rows: count } of parts) {
    for (const refusal of refused) {
      const { method, metric, code, message } = refusal;
      const key = JSON.stringify([method, metric, code, message]);
      const rows = refusal.rows.map((row) => before + row);
      joined.set(key, { ...refusal, rows: [...(joined.get(key)?.rows ?? []), ...rows] });
    }
    before += count;
  }
  return [...joined.values()];
}
