import type { Input, MethodDescription, Model, ScoreRequest, Target, TargetOption, Tensor } from "@xdeep/core";
import { XDeepError, isTensor } from "@xdeep/core";
import { betweenRuns, checkOptionNames, isOfOneMethod } from "@xdeep/core/method";

import { measure } from "../measure.ts";
import type { MeasureOptions, Measurement, Method, Metric } from "../metric.ts";
import { needed } from "../options.ts";
import { explainerFor } from "../subject/explained.ts";
import { VERSION } from "../version.ts";
import { type Evaluation, type Refusal, joinEvaluations, refusedField, resultOf } from "./evaluation.ts";

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

/**
 * Measures methods on inputs: a table of every metric for every method. Each method explains each input once. A method that cannot explain the network or an input,
 * as LRP meets an operator without a rule, has no values there, and `refused` says why; the others go on.
 *
 * @param inputs one tensor, or cases with targets and masks of their own
 * @throws {XDeepError} OPTION_INVALID, the codes of `measure` for what is wrong in the input or the options, and the first method's error where none can explain
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
  const perMethod = 1 + Object.keys(metrics).length;
  const total = Object.keys(methods).length * cases.length * perMethod;
  let done = 0;
  const advance = (steps: number): void => {
    done += steps;
    onProgress?.({ done, total });
  };
  const parts: Evaluation[] = [];
  for (const each of cases) {
    const found: Record<string, ExplainedCase | RefusedCase> = {};
    for (const [name, method] of Object.entries(methods)) {
      if (done > 0) await betweenRuns(signal);
      const asked = { ...each, target: each.target ?? target };
      found[name] = await evaluateCase(method, asked, metrics, { model, request: omitModel(request), signal, advance });
      if ("error" in found[name]) advance(perMethod);
    }
    parts.push(tabulate(found, metrics));
  }
  return joinEvaluations(parts);
}

interface ExplainedCase {
  readonly method: MethodDescription;
  readonly target: readonly Target[];
  readonly versions: Readonly<Record<string, string>>;
  /** By the names of the metrics. */
  readonly measured: Readonly<Record<string, Measurement | XDeepError>>;
}

interface RefusedCase {
  readonly method: MethodDescription | null;
  readonly error: XDeepError;
}

interface CaseOptions {
  readonly model: Model;
  readonly request: Omit<ScoreRequest, "target"> & { readonly wrt?: readonly string[] | undefined };
  readonly signal: AbortSignal | undefined;
  readonly advance: (steps: number) => void;
}

async function evaluateCase(
  method: Method,
  { input, target, mask }: EvaluationCase,
  metrics: Readonly<Record<string, Metric>>,
  { model, request, signal, advance }: CaseOptions,
): Promise<ExplainedCase | RefusedCase> {
  const explainer = await orRefusal(async () => explainerFor(method, model), signal);
  if (explainer instanceof Error) return { method: null, error: explainer };
  const attribution = await orRefusal(() => explainer.explain(input, { ...request, target, signal }), signal);
  if (attribution instanceof Error) return { method: explainer.method, error: attribution };
  advance(1);
  const subject = { input, attribution, method, model, mask, wrt: request.wrt };
  const measured: Record<string, Measurement | XDeepError> = {};
  for (const [key, metric] of Object.entries(metrics)) {
    measured[key] = await orRefusal(async () => (await measure(subject, { metric }, { signal })).metric, signal);
    advance(1);
  }
  return { method: attribution.provenance.method, target: attribution.target, versions: attribution.provenance.versions, measured };
}

/** What came of it, or the error that ends this method and not the others. */
async function orRefusal<T>(run: () => Promise<T>, signal: AbortSignal | undefined): Promise<T | XDeepError> {
  try {
    return await run();
  } catch (error) {
    if (signal?.aborted === true || !isOfOneMethod(error)) throw error;
    return error;
  }
}

function omitModel({ model: _model, ...request }: Omit<EvaluateOptions, "target" | "signal" | "onProgress">): Omit<EvaluateOptions, "target" | "model"> {
  return request;
}

function tabulate(found: Readonly<Record<string, ExplainedCase | RefusedCase>>, metrics: Readonly<Record<string, Metric>>): Evaluation {
  const cases = Object.entries(found);
  const explained = cases.flatMap(([, each]) => ("error" in each ? [] : [each]));
  const first = cases[0]![1];
  if (explained.length === 0 && "error" in first) throw first.error;
  const { target } = explained[0]!;
  const none = target.map(() => null);
  const rows = [...target.keys()];
  const refusal = (method: string, { code, message }: XDeepError, metric?: string): Refusal => ({
    method,
    ...(metric === undefined ? {} : { metric }),
    rows,
    code,
    message,
  });
  const refused = cases.flatMap(([method, each]) =>
    "error" in each
      ? [refusal(method, each.error)]
      : Object.entries(each.measured).flatMap(([metric, measured]) => (measured instanceof Error ? [refusal(method, measured, metric)] : [])),
  );
  const measuredBy = (metric: string, each: ExplainedCase | RefusedCase): Measurement | { readonly values: readonly null[] } => {
    const measured = "error" in each ? each.error : each.measured[metric]!;
    return measured instanceof Error ? { values: none } : measured;
  };
  const results = Object.keys(metrics).map((metric) => [
    metric,
    Object.fromEntries(cases.map(([method, each]) => [method, resultOf(measuredBy(metric, each))])),
  ]);
  return {
    format: "xdeep.evaluation/1",
    rows: target.length,
    target,
    methods: Object.fromEntries(cases.map(([name, { method }]) => [name, method ?? { name, parameters: {} }])),
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, { name: metric, better, parameters }]) => [name, { metric, better, parameters }])),
    results: Object.fromEntries(results),
    ...refusedField(refused),
    versions: { ...Object.assign({}, ...explained.map(({ versions }) => versions)), "@xdeep/metrics": VERSION },
  };
}
