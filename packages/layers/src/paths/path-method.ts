import { type Attribution, type ExplainOptions, type Explainer, type Input, type MethodDescription, type Model, XDeepError } from "@xdeep/core";
import { assembleRows, checkContract, checkOptionNames, describeBaseline, joinScores } from "@xdeep/core/method";

import { PATH_OPTIONS, type PathOptions, type PathRow, checkSteps, forEachRow } from "./input-path.ts";
import { layerAttribution } from "../layer-method.ts";

/** What a method makes of one row's path. */
export interface PathFormula {
  /** "conductance", "internal-influence", … */
  readonly name: string;
  /** The function that users call, for errors. */
  readonly caller: string;
  /** Options besides those of every path, with their values. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** The attribution to the layer with `n` steps, and F(x) − F(x′) where that is what it sums to. */
  attribute(row: PathRow, n: number): Promise<{ readonly values: Float64Array; readonly difference?: number }>;
}

/**
 * A method that follows the straight path from x′ to x, row by row.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` also BASELINE_INVALID, WRT_UNKNOWN, CAPABILITY_MISSING and the codes of `vjp`
 */
export function pathMethod(model: Model, options: PathOptions, formula: PathFormula): Explainer {
  const { name, caller, parameters = {} } = formula;
  checkContract(model);
  refusePathOptions(caller, options);
  checkOptionNames(caller, options, [...PATH_OPTIONS, ...Object.keys(parameters)]);
  const n = checkSteps(caller, options);
  const { layer, baseline = 0 } = options;
  const method: MethodDescription = { name, parameters: { n, ...parameters, baseline: describeBaseline(baseline), ...(layer === undefined ? {} : { layer }) } };
  return { model, method, explain: (input, call) => explainPath(model, options, (row) => formula.attribute(row, n), method, input, call ?? {}) };
}

/** What `integrated` takes for its paths, and these do not. */
const OF_INTEGRATED: readonly string[] = ["quadrature", "tolerance", "relativeTolerance", "maxSteps", "multiplyByInputs"];

function refusePathOptions(caller: string, options: object): void {
  const option = Object.keys(options).find((name) => OF_INTEGRATED.includes(name));
  if (option === undefined) return;
  const elsewhere =
    caller === "layerIntegrated"
      ? "`integrated` of @xdeep/integrated follows the same path with `wrt: [layer]` and a baseline by the name of the input, and takes it"
      : "that is for `integrated` of @xdeep/integrated, whose path runs in the input, or in the layer that `wrt` names";
  const instead = caller === "conductance" ? " Here a larger `n` brings `convergenceDelta` down." : "";
  throw new XDeepError("OPTION_INVALID", `${caller} takes \`n\` equal steps, and no \`${option}\`: ${elsewhere}.${instead}`, {
    details: { option, takers: ["integrated"] },
  });
}

async function explainPath<T extends Input>(
  model: Model,
  options: PathOptions,
  attribute: (row: PathRow) => ReturnType<PathFormula["attribute"]>,
  method: MethodDescription,
  input: Input,
  call: ExplainOptions,
): Promise<Attribution<T>> {
  const { rows, ends } = await forEachRow(model, input, call, options, attribute);
  const { layer, values: h, rectifiers } = ends[0]!;
  const dims = h.dims.slice(1);
  const named = rows.map(({ values }) => ({ [layer.name]: { dims, data: values } }));
  const deltas = rows.flatMap(({ values, difference }) => (difference === undefined ? [] : [values.reduce((sum, value) => sum + value, 0) - difference]));
  return layerAttribution<T>(
    model,
    input,
    { ...joinScores(ends), layer, rectifiers, notes: [...new Set(ends.flatMap(({ notes }) => notes))] },
    (await assembleRows(named, call.weights))[layer.name]!,
    method,
    "standard",
    deltas.length === 0 ? undefined : Float32Array.from(deltas),
  );
}
