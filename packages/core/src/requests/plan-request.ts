import { checkRectifiers, checkReferenceOf, checkRule } from "../contract/check-model.ts";
import { checkScore, checkWeights } from "./check-options.ts";
import { isFloatType, isMode } from "../tensors/data-types.ts";
import { XDeepError } from "../errors/error.ts";
import type { ForwardRequest, Model, Rule, Score, ScoreRequest, ValueInfo, VjpRequest } from "../contract/model.ts";
import type { InnerValues } from "../contract/inner-values.ts";
import { nearestNames } from "../errors/nearest-names.ts";
import { checkTargets, expandTargets } from "./resolve-target.ts";
import { withEveryState } from "../rows/batches.ts";
import { rowAxis } from "../rows/row-axis.ts";
import { resolveOutput, resolveWrt } from "./resolve-values.ts";
import type { Target } from "../contract/target.ts";
import type { FloatTensor, Tensor } from "../tensors/tensor.ts";
import { validateFeeds, validateTensor } from "./validate-feeds.ts";

/** What planning reads of a model. */
export type PlannedModel = Pick<Model, "backend" | "inputs" | "outputs" | "capabilities" | "defaultWrt">;

/** A checked `forward` request with every default filled in. */
export interface ForwardPlan {
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** N: the leading axis that the batched feeds share, or that of the first where they do not have to. */
  readonly rows: number;
  /** Inner values that are fed, sorted: the network runs from them. */
  readonly fed: readonly string[];
  /** The output that is scored. */
  readonly output: ValueInfo;
  readonly score: Score;
  /** Outputs and inner values to return. */
  readonly outputs: readonly string[];
  /** One per row, null for the row's argmax; undefined where nothing is scored. */
  readonly targets: readonly (Target | null)[] | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A checked `vjp` request with every default filled in. */
export interface VjpPlan extends ForwardPlan {
  /** Takes the place of `targets`. */
  readonly cotangent: FloatTensor | undefined;
  /** One list as `targets` for each of several targets, of which `targets` is the first; undefined where one was asked for. */
  readonly targetLists: readonly (readonly (Target | null)[])[] | undefined;
  readonly rule: Rule;
  readonly rectifiers: readonly string[];
  readonly wrt: readonly string[];
  readonly weights: Float32Array | undefined;
  readonly reference: Readonly<Record<string, Tensor>> | undefined;
}

/**
 * Checks and defaults a `forward` request, the same for every backend: what is left to a backend is to run the plan.
 *
 * @param innerValues left out where the backend has none
 * @throws the signal's reason; {XDeepError} the codes of `validateFeeds`, OUTPUT_UNKNOWN, OPTION_INVALID, TARGET_INVALID, TARGET_OUT_OF_RANGE,
 *   CAPABILITY_MISSING
 */
export function planForward(model: PlannedModel, request: ForwardRequest, innerValues?: InnerValues): ForwardPlan {
  return plan(model, request, innerValues, request.target !== undefined);
}

/**
 * Checks and defaults a `vjp` request, the same for every backend: what is left to a backend is to run the plan.
 *
 * @param innerValues left out where the backend has none
 * @throws the signal's reason; {XDeepError} the codes of `validateFeeds`, OUTPUT_UNKNOWN, WRT_UNKNOWN, RULE_UNKNOWN, OPTION_INVALID, BASELINE_INVALID,
 *   TARGET_INVALID, TARGET_OUT_OF_RANGE, CAPABILITY_MISSING
 */
export function planVjp(model: PlannedModel, request: VjpRequest, innerValues?: InnerValues): VjpPlan {
  const { cotangent, weights, reference, rule = "standard", targets } = request;
  checkCotangentAlone(request);
  checkSeveral(model, request);
  checkRule(model, rule);
  checkReferenceOf(rule, reference);
  const target = targets === undefined ? request.target : targets[0];
  const rest = plan(model, cotangent === undefined ? { ...request, target: target ?? null } : request, innerValues, cotangent === undefined);
  const targetLists = targets?.map((each) => expandTargets(each, rest.rows));
  for (const list of targetLists?.slice(1) ?? []) checkTargets(rest.output, list);
  checkComputed([rest.output.name], rest.fed);
  checkWeights(weights, rest.rows);
  if (cotangent !== undefined) checkCotangent(cotangent, rest.output, rest.rows);
  if (reference !== undefined) checkReference(model, reference, rest, innerValues);
  const wrt = resolveWrt(model.inputs, request.wrt ?? model.defaultWrt, { innerValues: usable(model, innerValues) });
  const states = reference && withEveryState(reference, model.inputs, rest.rows);
  return { ...rest, cotangent, targetLists, rule, rectifiers: checkRectifiers(model, request.rectifiers), wrt, weights, reference: states };
}

function plan(model: PlannedModel, request: ForwardRequest, innerValues: InnerValues | undefined, scored: boolean): ForwardPlan {
  const { feeds, signal, score = "logit" } = request;
  signal?.throwIfAborted();
  checkScore(score);
  const inner = usable(model, innerValues);
  const fed = fedValues(model, feeds, inner);
  const rows = validateFeeds(feeds, model.inputs, { innerValues: fed.map((name) => inner!.get(name)!), batched: scored });
  checkMaxBatch(model, rows);
  const output = scoredOutput(model, request, inner);
  if (scored) checkLogits(model, output, score);
  const outputs = request.outputs ?? model.outputs.map(({ name }) => name).filter((name) => !fed.includes(name));
  checkOutputs(model, outputs, inner);
  checkComputed(scored ? [...outputs, output.name] : outputs, fed);
  const targets = scored ? expandTargets(request.target, rows) : undefined;
  if (targets !== undefined) checkTargets(output, targets);
  return { feeds: withEveryState(feeds, model.inputs, rows), rows, fed: [...fed].sort(), output, score, outputs, targets, signal };
}

/** What the backend says that it can; nothing where it says that it cannot. */
function usable({ capabilities }: PlannedModel, innerValues: InnerValues | undefined): InnerValues | undefined {
  return capabilities.innerValues ? innerValues : undefined;
}

function fedValues({ inputs }: PlannedModel, feeds: Readonly<Record<string, Tensor>>, inner: InnerValues | undefined): readonly string[] {
  if (typeof feeds !== "object" || feeds === null) throw new TypeError(`\`feeds\` is a record of tensors by input name, got ${String(feeds)}.`);
  const known = new Set(inputs.map(({ name }) => name));
  return Object.keys(feeds).filter((name) => !known.has(name) && inner?.get(name) !== undefined);
}

/** The first float output where none is named and nothing but outputs is asked for: models of integers have outputs, too. */
function scoredOutput(model: PlannedModel, { output, target }: ScoreRequest, inner: InnerValues | undefined): ValueInfo {
  if (output === undefined && target === undefined)
    return model.outputs.find(({ type }) => isFloatType(type)) ?? model.outputs[0] ?? resolveOutput(model.outputs);
  const found = output === undefined ? undefined : model.outputs.find(({ name }) => name === output);
  return (found === undefined && output !== undefined ? inner?.get(output) : undefined) ?? resolveOutput(model.outputs, output, inner);
}

/** @throws {XDeepError} CAPABILITY_MISSING where the logits behind a final activation are asked for and the backend has none */
function checkLogits({ backend, capabilities }: PlannedModel, { name, activation }: ValueInfo, score: Score): void {
  if (activation == null || score === "probability" || capabilities.logits) return;
  throw new XDeepError(
    "CAPABILITY_MISSING",
    `Backend "${backend}" does not know the argument of the ${activation} in output "${name}". Ask for score "probability".`,
    {
      details: { capability: "logits", output: name, activation },
    },
  );
}

function checkMaxBatch({ backend, capabilities: { maxBatch } }: PlannedModel, rows: number): void {
  if (maxBatch === null || rows <= maxBatch) return;
  throw new XDeepError("BATCH_INVALID", `Backend "${backend}" takes at most ${maxBatch} rows per call, got ${rows}. Explain fewer rows at a time.`, {
    details: { rows, maxBatch },
  });
}

/** @throws {XDeepError} OUTPUT_UNKNOWN for a name that is neither an output nor an inner value */
function checkOutputs({ outputs }: PlannedModel, names: readonly string[], inner: InnerValues | undefined): void {
  const known = outputs.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name) && inner?.get(name) === undefined);
  if (unknown === undefined) return;
  const nearest = nearestNames(unknown, new Set([...known, ...(inner?.names() ?? [])]));
  throw new XDeepError(
    "OUTPUT_UNKNOWN",
    `The model has no output${inner === undefined ? "" : " or inner float value"} "${unknown}". Its outputs are ${quote(known)}; nearest: ${quote(nearest)}.`,
    {
      details: { output: unknown, outputs: known, nearest },
    },
  );
}

/** @throws {XDeepError} OPTION_INVALID for a value that is to be computed and is fed itself */
function checkComputed(names: readonly string[], fed: readonly string[]): void {
  const both = names.find((name) => fed.includes(name));
  if (both === undefined) return;
  throw new XDeepError("OPTION_INVALID", `"${both}" is fed, so the network does not compute it. Feed a value before it, or ask for another output.`, {
    details: { value: both },
  });
}

/** @throws {XDeepError} OPTION_INVALID for a cotangent beside a target or weights: each says what is explained */
function checkCotangentAlone({ cotangent, target, targets, weights }: VjpRequest): void {
  if (cotangent === undefined) return;
  if (target !== undefined || targets !== undefined) {
    throw new XDeepError("OPTION_INVALID", "Pass either `cotangent` or `target`: each says what is explained.", { details: { option: "cotangent" } });
  }
  if (weights !== undefined) {
    throw new XDeepError("OPTION_INVALID", "Weights go with a target; scale the rows of the cotangent instead.", { details: { option: "weights" } });
  }
}

/** @throws {XDeepError} OPTION_INVALID for no list of targets, or one beside a target; CAPABILITY_MISSING where the backend takes one at a time */
function checkSeveral({ backend, capabilities }: PlannedModel, { target, targets }: VjpRequest): void {
  if (targets === undefined) return;
  if (!Array.isArray(targets) || targets.length === 0 || target !== undefined) {
    throw new XDeepError("OPTION_INVALID", "`targets` is a list of one target or more, in place of `target`.", { details: { option: "targets" } });
  }
  if (capabilities.severalTargets === true) return;
  throw new XDeepError("CAPABILITY_MISSING", `Backend "${backend}" takes one target at a time. Call it once for each.`, {
    details: { capability: "severalTargets" },
  });
}

/** A cotangent has the dims of its output, as far as they are known, and its rows lie where those of the output do, unless that is known to have none. */
function checkCotangent(cotangent: FloatTensor, info: ValueInfo, rows: number): void {
  const { name, dims } = info;
  const got = cotangent?.dims ?? [];
  const along = rowAxis(info);
  const rowed = dims.map((dim, axis) => (axis === along ? (dim ?? rows) : dim));
  if (along !== null && got.length === rowed.length && rowed[along] != null && got[along] !== rowed[along]) throw otherRows(name, rowed, got);
  validateTensor(cotangent, { name: `cotangent of ${name}`, type: "float32", dims: dims.length === 0 ? got.map(() => null) : rowed, layout: null });
}

function otherRows(output: string, expected: readonly (number | null)[], got: readonly number[]): XDeepError {
  return new XDeepError(
    "INPUT_SHAPE",
    `A cotangent has a row for each row that is fed: that of "${output}" has dims [${expected.map((dim) => dim ?? "any").join(", ")}], got [${got.join(", ")}]. Values whose first axis is not the batch take none: name one that has the batch in front as \`output\`.`,
    { details: { output, expected, got } },
  );
}

/** @throws {XDeepError} the codes of `validateFeeds`; BATCH_INVALID where x′ does not have as many rows as x; BASELINE_INVALID where it has another mode */
function checkReference(
  { inputs }: PlannedModel,
  reference: Readonly<Record<string, Tensor>>,
  { rows, feeds, fed }: ForwardPlan,
  inner: InnerValues | undefined,
): void {
  const given = validateFeeds(reference, inputs, { innerValues: fed.map((name) => inner!.get(name)!) });
  const other = inputs.find((input) => isMode(input) && reference[input.name]?.data[0] !== feeds[input.name]?.data[0]);
  if (other !== undefined)
    throw new XDeepError(
      "BASELINE_INVALID",
      `Input "${other.name}" is one number for all rows, a mode of the network: it is the same in \`reference\` as in \`feeds\`.`,
      {
        details: { input: other.name },
      },
    );
  if (given === rows) return;
  throw new XDeepError("BATCH_INVALID", `\`reference\` has one row for each row of \`feeds\`: expected ${rows}, got ${given}.`, {
    details: { expected: rows, got: given },
  });
}

function quote(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
