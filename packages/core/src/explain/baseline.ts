import { concatRows } from "../rows/row-axis.ts";
import { isFloatType } from "../tensors/data-types.ts";
import { XDeepError } from "../errors/error.ts";
import type { ExplainOptions } from "../contract/explainer.ts";
import { toFloat64 } from "../tensors/float-values.ts";
import type { ResolvedInput } from "../requests/resolve-input.ts";
import { originRow } from "./row-origin.ts";
import { isTensor, sizeOf, sliceRows } from "../tensors/tensor.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { firstNonFinite } from "../requests/validate-feeds.ts";

/**
 * Where a path starts: one number everywhere, a tensor [… dims of one sample] or [N, …], or one of these for each input by name. For paths inside the network
 * also by the names of inputs, such as `{ ids: 0 }`: the embeddings of the token with id 0.
 */
export type Baseline = number | Tensor | Readonly<Record<string, number | Tensor>>;

/** One baseline, or several that are averaged. */
export type BaselineOption = Baseline | readonly Baseline[];

/** A point of the input space in double precision: the values that move, by name, without a batch axis. */
export type Point = Readonly<Record<string, Float64Array>>;

/**
 * The baselines of a row, one entry for each that was given. `dims` are those of the values that move, batch axis included.
 *
 * @throws {XDeepError} BASELINE_INVALID
 */
export function resolveBaselines(option: BaselineOption, dims: Readonly<Record<string, readonly number[]>>): (row: number) => readonly Point[] {
  const baselines: readonly Baseline[] = isList(option) ? option : [option];
  if (baselines.length === 0) throw invalid("The list of baselines is empty; give at least one.", {});
  const names = Object.keys(dims);
  const readers = baselines.map((baseline) => byName(baseline, names).map(([name, value]) => [name, reader(name, value, dims[name]!)] as const));
  return (row) => readers.map((entries) => Object.fromEntries(entries.map(([name, read]) => [name, read(row)])));
}

/**
 * The baselines of each row of a call. Where methods nest, tensors of all rows are those of the outermost input.
 *
 * @param moving names of the values that move, all of them fed
 * @throws {XDeepError} BASELINE_INVALID
 */
export function rowBaselines(
  option: BaselineOption,
  moving: readonly string[],
  { feeds, rows }: ResolvedInput,
  options: Pick<ExplainOptions, "origin">,
): (row: number) => readonly Point[] {
  const origins = options.origin?.of ?? rows;
  const pointsOf = resolveBaselines(option, Object.fromEntries(moving.map((name) => [name, [origins, ...feeds[name]!.dims.slice(1)]])));
  return (row) => pointsOf(originRow(options, row));
}

/**
 * Integers in the place of those that are fed, `like`: one number everywhere, or those of one sample or of all rows.
 *
 * @throws {XDeepError} BASELINE_INVALID
 */
export function integerBaseline(name: string, given: number | Tensor, like: Tensor, rows: number, options: Pick<ExplainOptions, "origin">): Tensor {
  const invalidIntegers = (problem: string): XDeepError => invalid(`The baseline of the integers "${name}" ${problem}.`, { name });
  const sample = like.dims.slice(1);
  if (typeof given === "number") {
    if (!Number.isInteger(given)) throw invalidIntegers(`is ${given}; integers are needed for an input of type ${like.type}`);
    const value = like.type === "int64" || like.type === "uint64" ? BigInt(given) : given;
    return { ...like, data: (like.data as Int32Array).slice().fill(value as number) } as Tensor;
  }
  if (!isTensor(given) || given.type !== like.type) throw invalidIntegers(`must be an integer or a tensor of type ${like.type}`);
  const dims = sameDims(given.dims, sample) ? [1, ...sample] : given.dims;
  const isForAll = sameDims(dims, [1, ...sample]);
  const each = [options.origin?.of ?? rows, ...sample];
  if (!(isForAll || sameDims(dims, each)) || given.data.length !== sizeOf(dims)) {
    throw invalidIntegers(`has dims [${given.dims.join(", ")}]; it needs [${sample.join(", ")}] or [${each.join(", ")}]`);
  }
  const whole = { ...given, dims } as Tensor;
  return concatRows(
    Array.from({ length: rows }, (_, row) => {
      const at = isForAll ? 0 : originRow(options, row);
      return sliceRows(whole, at, at + 1);
    }),
  );
}

/** Writes the point x′ + α (x − x′) of a path into `values`, from `offset` on. */
export function writePathPoint(values: Float32Array | Float64Array, offset: number, start: ArrayLike<number>, end: ArrayLike<number>, alpha: number): void {
  for (let i = 0; i < end.length; i++) values[offset + i] = start[i]! + alpha * (end[i]! - start[i]!);
}

/** A baseline as plain data that stays small: numbers as they are, tensors by type and dims. */
export function describeBaseline(option: BaselineOption): unknown {
  if (isList(option)) return option.map(describeBaseline);
  if (isTensor(option)) return { type: option.type, dims: option.dims };
  if (typeof option !== "object") return option;
  return Object.fromEntries(Object.entries(option).map(([name, value]) => [name, describeBaseline(value)]));
}

/** The baseline that such a description holds; undefined where it has the dims of a tensor alone. */
export function describedBaseline(description: unknown): BaselineOption | undefined {
  return isWhole(description) ? (description as BaselineOption) : undefined;
}

function isWhole(description: unknown): boolean {
  if (typeof description !== "object" || description === null) return typeof description === "number";
  return isTensor(description as Baseline) || (!("dims" in description) && Object.values(description).every(isWhole));
}

function isList(option: BaselineOption): option is readonly Baseline[] {
  return Array.isArray(option);
}

function byName(baseline: Baseline, names: readonly string[]): readonly (readonly [string, number | Tensor])[] {
  if (typeof baseline === "number") return names.map((name) => [name, baseline]);
  if (typeof baseline !== "object" || baseline === null) {
    throw invalid(`A baseline is a number, a tensor, a record of these by input name, or a list; got ${String(baseline)}.`, {});
  }
  if (isTensor(baseline)) {
    if (names.length === 1) return [[names[0]!, baseline]];
    throw invalid(`${names.length} inputs move along the path, so one tensor is not enough: pass a record by the names ${quote(names)}.`, { expected: names });
  }
  const missing = names.filter((name) => baseline[name] === undefined);
  const unknown = Object.keys(baseline).filter((name) => !names.includes(name));
  if (missing.length + unknown.length > 0) {
    const problem = unknown.length > 0 ? `${quote(unknown)} does not move along the path` : `${quote(missing)} has none`;
    throw invalid(`A record of baselines has one for each of ${quote(names)}; ${problem}.`, { expected: names, missing, unknown });
  }
  return names.map((name) => [name, baseline[name]!]);
}

function reader(name: string, value: number | Tensor, dims: readonly number[]): (row: number) => Float64Array {
  const [rows, ...sample] = dims;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw invalid(`The baseline of "${name}" is ${value}; it must be finite.`, { name });
    const numbers = new Float64Array(sizeOf(sample)).fill(value);
    return () => numbers;
  }
  checkTensor(name, value);
  if (sameDims(value.dims, sample)) {
    const numbers = toFloat64(value);
    return () => numbers;
  }
  if (sameDims(value.dims, dims)) return (row) => toFloat64(sliceRows(value, row, row + 1));
  if (sameDims(value.dims, [1, ...sample])) return () => toFloat64(value);
  throw invalid(
    `The baseline of "${name}" has dims [${value.dims.join(", ")}]; it needs those of one sample, [${sample.join(", ")}], or of all ${rows} rows, [${dims.join(", ")}].`,
    {
      name,
      expected: sample,
      got: value.dims,
    },
  );
}

function checkTensor(name: string, value: Tensor): void {
  if (!isTensor(value) || !isFloatType(value.type)) throw invalid(`The baseline of "${name}" must be a number or a float tensor.`, { name });
  if (value.data.length !== sizeOf(value.dims)) {
    throw invalid(`The baseline of "${name}" of dims [${value.dims.join(", ")}] needs ${sizeOf(value.dims)} elements, got ${value.data.length}.`, { name });
  }
  const index = firstNonFinite(value);
  if (index >= 0) throw invalid(`The baseline of "${name}" holds NaN or infinity, first at element ${index}.`, { name, index });
}

function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

function quote(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

function invalid(message: string, details: Readonly<Record<string, unknown>>): XDeepError {
  return new XDeepError("BASELINE_INVALID", message, { details });
}
