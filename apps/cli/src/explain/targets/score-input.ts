import { type Activation, type ForwardResult, type Model, type Target, type ValueInfo, sizeOf } from "@xdeep/core";
import { resolveTargets, targetAt } from "@xdeep/core/backend";
import {
  type ResolvedInput,
  batchSize,
  betweenRuns,
  joinOutputs,
  isFloatType,
  resolveInput,
  scoreRows,
  sliceFeeds,
  splitRows,
  toFloat64,
} from "@xdeep/core/method";

import type { Labels } from "../../inputs/labels.ts";
import type { PreparedInput } from "../../inputs/prepare-input.ts";
import { describeSum, describeTarget } from "../../print/describe-target.ts";
import { type ClassAxis, classAxes, isOneAxis, longAxes } from "./class-axis.ts";
import { type PlacedTargets, type TargetOutput, classEntries, classOf, placeTarget } from "./place-target.ts";
import type { TargetWish } from "./target-flag.ts";

/** What the entries of an output are, by the activation that it ends in. */
export type EntryKind = "probabilities" | "log-probabilities" | "sigmoid-probabilities" | "scores";

const KINDS: Readonly<Record<Activation, EntryKind>> = {
  softmax: "probabilities",
  "log-softmax": "log-probabilities",
  sigmoid: "sigmoid-probabilities",
};

/** An entry of the output. */
export interface ScoredEntry {
  readonly target: Target;
  /** Of the class, where labels were given. */
  readonly name: string | null;
  readonly value: number;
}

/** What the model says to an input, before anything is explained. */
export interface ScoredInput {
  readonly output: string;
  readonly kind: EntryKind;
  /** Dims of a row of the output. */
  readonly rowDims: readonly number[];
  /** Which axis of several has the classes; null where that is not known, or there is one axis alone. */
  readonly axis: ClassAxis | null;
  /** The output was not named, and is another than the first because its dims fit the labels. */
  readonly isChosen: boolean;
  /** One per row. */
  readonly targets: readonly Target[];
  /** Names of the targets. */
  readonly names: readonly (string | null)[];
  /** Of what the targets are the highest entries, as `--target` takes it; null where each was named, or is the highest of all. */
  readonly highestOf: string | null;
  /** The highest entries of every row, of those that stand for classes. */
  readonly top: readonly (readonly ScoredEntry[])[];
}

export interface ScoreInputOptions {
  readonly output?: string | undefined;
  readonly labels: Labels | null;
  /** How many entries of each row are kept. */
  readonly count: number;
  readonly signal?: AbortSignal | undefined;
}

/** What the model says to an input where one target is asked for. @throws {XDeepError} as `scoreTargets` */
export async function scoreInput(model: Model, input: PreparedInput, wish: TargetWish, options: ScoreInputOptions): Promise<ScoredInput> {
  const [scored] = await scoreTargets(model, input, [wish], options);
  return scored!;
}

/**
 * Runs the model forward, and fixes each target for every row.
 *
 * @throws {XDeepError} the codes of `scoreRows` and `placeTarget`
 */
export async function scoreTargets(
  model: Model,
  { feeds }: PreparedInput,
  wishes: readonly TargetWish[],
  { output, labels, count, signal }: ScoreInputOptions,
): Promise<readonly ScoredInput[]> {
  const input = await resolveInput(model, feeds, signal);
  const classes = labels?.length ?? null;
  const score = model.capabilities.logits ? "logit" : "probability";
  const floats = model.outputs.filter(({ type }) => isFloatType(type)).map(({ name }) => name);
  const request = { score, signal, output, outputs: output === undefined ? (classes === null ? undefined : floats) : [output] } as const;
  // Without a float output there is none to look at: the backend then says what can be explained.
  const target =
    wishes.includes(null) || (output === undefined && floats.length === 0) ? null : knownTarget(model, input, wishes, request.outputs ?? floats.slice(0, 1));
  const { outputs, target: highestOnes } =
    target !== undefined
      ? await scoreRows(model, input, { ...request, target })
      : await forwardRows(model, input, request.outputs ?? floats.slice(0, 1), signal);
  const named = output ?? floats[0]!;
  const chosen = output === undefined ? chooseOutput(model, named, classes, (name) => outputs[name]?.dims ?? []) : named;
  const tensor = outputs[chosen]!;
  const [rows = 1, ...rowDims] = tensor.dims;
  const size = sizeOf(rowDims);
  const values = toFloat64(tensor);
  const found: TargetOutput = { name: chosen, rowDims, rows: Array.from({ length: rows }, (_, n) => values.subarray(n * size, (n + 1) * size)) };
  const activation = model.outputs.find(({ name }) => name === chosen)?.activation;

  async function fix({ targets }: PlacedTargets): Promise<readonly Target[]> {
    const isFixed = targets === null ? chosen === named : targets.every((one) => typeof one === "number" || !("max" in one));
    if (!isFixed) return (await scoreRows(model, input, { ...request, target: targets, output: chosen, outputs: [chosen] })).target;
    return targets === null ? highestOnes : resolveTargets({ name: chosen, dims: tensor.dims }, targets).targets;
  }

  async function scoredFor(wish: TargetWish): Promise<ScoredInput> {
    const placed = placeTarget(wish, found, classes);
    const { axis, highestOf } = placed;
    const targets = await fix(placed);
    const isClass = classEntries(rowDims, axis);
    return {
      output: chosen,
      kind: activation == null ? "scores" : KINDS[activation],
      rowDims,
      axis,
      isChosen: chosen !== named,
      targets,
      names: targets.map((one) => targetName(one, axis, labels)),
      highestOf,
      top: found.rows.map((row) =>
        highest(row, count, isClass).map((flat) => {
          const entry = targetAt(flat, rowDims);
          return { target: entry, name: targetName(entry, axis, labels), value: row[flat]! };
        }),
      ),
    };
  }

  const results: ScoredInput[] = [];
  for (const wish of wishes) results.push(await scoredFor(wish));
  return results;
}

/** The class that is asked for, for every row, where it is known before the model runs which entry of its only output that is; else undefined. */
function knownTarget(model: Model, { rows }: ResolvedInput, [wish, ...others]: readonly TargetWish[], names: readonly string[]): readonly number[] | undefined {
  const dims = names.length === 1 ? model.outputs.find(({ name }) => name === names[0])?.dims.slice(1) : undefined;
  if (others.length > 0 || wish == null || !("classes" in wish) || dims === undefined || !isOneAxis(dims)) return undefined;
  const [first] = wish.classes;
  return wish.classes.length === 1 && first!.weight === 1 ? Array.from({ length: rows }, () => first!.class) : undefined;
}

/** The outputs alone: no entry of them is looked for, so that those that are no finite numbers do not matter. */
async function forwardRows(
  model: Model,
  { feeds, rows }: ResolvedInput,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Pick<ForwardResult, "outputs" | "target">> {
  const results: ForwardResult[] = [];
  for (const chunk of splitRows(rows, batchSize(model.capabilities))) {
    if (results.length > 0) await betweenRuns(signal);
    results.push(await model.forward({ feeds: sliceFeeds(feeds, chunk, model.inputs), outputs: names, signal }));
  }
  return { outputs: joinOutputs(model, results, names), target: [] };
}

/** The first float output, or the one whose rows fit the labels where those of the first do not. */
function chooseOutput({ outputs }: Model, first: string, classes: number | null, dimsOf: (name: string) => readonly number[]): string {
  if (classes === null) return first;
  const fits = ({ name }: Pick<ValueInfo, "name">): boolean => {
    const rowDims = dimsOf(name).slice(1);
    const long = longAxes(rowDims);
    return long.length <= 1 ? sizeOf(rowDims) === classes : classAxes(rowDims, classes).length === 1;
  };
  return fits({ name: first }) ? first : (outputs.find((output) => isFloatType(output.type) && fits(output))?.name ?? first);
}

/** The name of what a target stands for, where there is one. */
function targetName(target: Target, axis: ClassAxis | null, labels: Labels | null): string | null {
  const nameOf = (index: number | readonly number[]): string | null => labels?.[classOf(index, axis) ?? -1] ?? null;
  if (typeof target === "number") return nameOf(target);
  if ("index" in target) return nameOf(target.index);
  if ("max" in target || !target.terms.some(({ index }) => nameOf(index) !== null)) return null;
  return describeSum(target.terms, ({ index }) => nameOf(index) ?? describeTarget(typeof index === "number" ? index : { index }));
}

/** Indices of the highest values that count, highest first. */
function highest(values: Float64Array, count: number, counts: (index: number) => boolean): readonly number[] {
  const best: number[] = [];
  values.forEach((value, index) => {
    if (best.length === count && !(value > values[best.at(-1)!]!)) return;
    if (!counts(index)) return;
    const at = best.findIndex((other) => values[other]! < value);
    best.splice(at < 0 ? best.length : at, 0, index);
    if (best.length > count) best.pop();
  });
  return best;
}
