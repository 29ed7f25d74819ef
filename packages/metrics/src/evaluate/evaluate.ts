import type { Input, MethodDescription, Model, ScoreRequest, Target, TargetOption, Tensor } from "@xdeep/core";
import { XDeepError, isTensor } from "@xdeep/core";
import { betweenRuns, checkOptionNames } from "@xdeep/core/method";

import { measure } from "../measure.ts";
import type { Better, Curve, MeasureOptions, Measurement, Method, Metric } from "../metric.ts";
import { needed } from "../options.ts";
import { explainerFor } from "../subject/explained.ts";
import { VERSION } from "../version.ts";

/** What is explained: one input of one row or more, with the place of the evidence where a metric needs it. */
export interface EvaluationCase {
  readonly input: Input;
  /** Default: that of the options, or each row's own argmax. */
  readonly target?: TargetOption | undefined;
  readonly mask?: Tensor | undefined;
}

export interface EvaluateOptions extends Omit<ScoreRequest, "target">, MeasureOptions {
  readonly target?: TargetOption | undefined;
  readonly wrt?: readonly string[] | undefined;
  /** What methods that are functions of a model explain. Default: the model of an explainer among the methods. */
  readonly model?: Model | undefined;
}

const OPTIONS: readonly string[] = ["target", "output", "score", "wrt", "model", "signal", "onProgress"] satisfies (keyof EvaluateOptions)[];

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
  /** Versions of the packages of xdeep that took part, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface EvaluationResult {
  /** One per row; null where the measure is not defined. */
  readonly values: readonly (number | null)[];
  /** Of the rows where it is; null where there is none. */
  readonly mean: number | null;
  readonly curves?: readonly Curve[];
  readonly notes?: readonly string[];
}

/**
 * Measures methods on inputs: a table of every metric for every method. Each method explains each input once.
 *
 * @param inputs one tensor, or cases with targets and masks of their own
 * @throws {XDeepError} OPTION_INVALID, and the codes of `measure`
 * @example
 * const table = await evaluate({ gradCam, vanilla: (model) => new Backprop(model) }, images, { deletion: deletion() }, { model });
 */
export async function evaluate(
  methods: Readonly<Record<string, Method>>,
  inputs: Tensor | readonly EvaluationCase[],
  metrics: Readonly<Record<string, Metric>>,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  checkOptionNames("evaluate", options, OPTIONS);
  const cases: readonly EvaluationCase[] = isTensor(inputs) ? [{ input: inputs }] : inputs;
  if (Object.keys(methods).length * cases.length * Object.keys(metrics).length === 0) {
    throw new XDeepError("OPTION_INVALID", "evaluate needs at least one method, one input and one metric.", { details: { option: "inputs" } });
  }
  const { signal, onProgress, target, ...request } = options;
  const explainerIn = Object.values(methods).find((method) => typeof method !== "function");
  const model = needed("evaluate", "model", options.model ?? (typeof explainerIn === "object" ? explainerIn.model : undefined), "methods are functions of it");
  // One step for each explanation, and one for each measure of it.
  const total = Object.keys(methods).length * cases.length * (1 + Object.keys(metrics).length);
  let done = 0;
  const parts: Evaluation[] = [];
  for (const each of cases) {
    const found: Record<string, ExplainedCase> = {};
    for (const [name, method] of Object.entries(methods)) {
      if (done > 0) await betweenRuns(signal);
      const explainer = explainerFor(method, model);
      const attribution = await explainer.explain(each.input, { ...omitModel(request), target: each.target ?? target, signal });
      onProgress?.({ done: ++done, total });
      const subject = { input: each.input, attribution, method, model, mask: each.mask, wrt: request.wrt };
      const measured: Record<string, Measurement> = {};
      for (const [key, metric] of Object.entries(metrics)) {
        measured[key] = (await measure(subject, { metric }, { signal })).metric;
        onProgress?.({ done: ++done, total });
      }
      found[name] = { method: attribution.provenance.method, target: attribution.target, versions: attribution.provenance.versions, measured };
    }
    parts.push(tabulate(found, metrics));
  }
  return joinEvaluations(parts);
}

interface ExplainedCase {
  readonly method: MethodDescription;
  readonly target: readonly Target[];
  readonly versions: Readonly<Record<string, string>>;
  readonly measured: Readonly<Record<string, Measurement>>;
}

function omitModel({ model: _model, ...request }: Omit<EvaluateOptions, "target" | "signal" | "onProgress">): Omit<EvaluateOptions, "target" | "model"> {
  return request;
}

function tabulate(found: Readonly<Record<string, ExplainedCase>>, metrics: Readonly<Record<string, Metric>>): Evaluation {
  const explained = Object.entries(found);
  const { target } = explained[0]![1];
  const results = Object.keys(metrics).map((metric) => [
    metric,
    Object.fromEntries(explained.map(([method, { measured }]) => [method, resultOf(measured[metric]!)])),
  ]);
  return {
    format: "xdeep.evaluation/1",
    rows: target.length,
    target,
    methods: Object.fromEntries(explained.map(([name, { method }]) => [name, method])),
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, { name: metric, better, parameters }]) => [name, { metric, better, parameters }])),
    results: Object.fromEntries(results),
    versions: { ...Object.assign({}, ...explained.map(([, { versions }]) => versions)), "@xdeep/metrics": VERSION },
  };
}

function resultOf({ values, curves, notes }: Pick<EvaluationResult, "values"> & Partial<Measurement>): EvaluationResult {
  const defined = values.filter((value) => value !== null);
  const mean = defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
  return { values, mean, ...(curves === undefined ? {} : { curves }), ...(notes === undefined ? {} : { notes }) };
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
  const joined = (metric: string, method: string): EvaluationResult => {
    const results = parts.map(({ results: each }) => each[metric]![method]!);
    const notes = [...new Set(results.flatMap((result) => result.notes ?? []))];
    const curves = results.every((result) => result.curves !== undefined) ? results.flatMap((result) => result.curves!) : undefined;
    return resultOf({ values: results.flatMap(({ values }) => values), curves, ...(notes.length === 0 ? {} : { notes }) });
  };
  const results = Object.keys(first.metrics).map((metric) => [
    metric,
    Object.fromEntries(Object.keys(first.methods).map((method) => [method, joined(metric, method)])),
  ]);
  return {
    ...first,
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    target: parts.flatMap(({ target }) => target),
    results: Object.fromEntries(results),
    versions: Object.assign({}, ...parts.map(({ versions }) => versions)),
  };
}
