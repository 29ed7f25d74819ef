import { XDeepError } from "../errors/error.ts";
import type { ValueInfo } from "../contract/model.ts";
import type { Target, TargetOption, Term } from "../contract/target.ts";
import { sizeOf } from "../tensors/tensor.ts";
import type { FloatTensor } from "../tensors/tensor.ts";

/** What `resolveTargets` reads of a model output. */
export interface ScoredOutput {
  readonly name: string;
  /** [N, …]. */
  readonly dims: readonly number[];
  /** The output's values, row-major. Needed where an argmax or a maximum is looked for. */
  readonly data?: ArrayLike<number> | undefined;
}

/** F of one row as a weighted sum of entries of that row. */
export interface TargetEntries {
  /** Row-major indices inside the row. */
  readonly indices: readonly number[];
  /** One per index. */
  readonly weights: readonly number[];
}

/** What of an output is explained, per row. */
export interface ResolvedTargets {
  /** As reported: entries as a number where at most one axis of a row is longer than 1, otherwise as the tuple; weighted sums as they were given. */
  readonly targets: readonly Target[];
  /** The same, flat. */
  readonly entries: readonly TargetEntries[];
}

/**
 * Resolves what the caller asked for against the output [N, …]: one target for all rows, one per row, or (null) each row's own argmax, the
 * first of equal maxima. A plain number is the index on the one axis of a row that is longer than 1 ([N, 1000] and [N, 1000, 1, 1] alike).
 * Rows with a single entry need no target.
 *
 * @throws {XDeepError} TARGET_INVALID, TARGET_OUT_OF_RANGE; RESULT_NOT_FINITE when an argmax meets NaN
 */
export function resolveTargets(output: ScoredOutput, option: TargetOption | undefined): ResolvedTargets {
  const [rows = 1, ...axes] = output.dims;
  const perRow = expandTargets(option, rows);
  const resolved = Array.from({ length: rows }, (_, row) => resolveRow(output, row, axes, perRow[row] ?? null));
  return { targets: resolved.map(({ target }) => target), entries: resolved.map(({ entries }) => entries) };
}

/**
 * One entry per row of what the caller passed; null stands for the row's argmax.
 *
 * @throws {XDeepError} TARGET_INVALID when a list does not hold one target per row
 */
export function expandTargets(option: TargetOption | undefined, rows: number): readonly (Target | null)[] {
  if (!Array.isArray(option)) return Array.from({ length: rows }, () => (option as Target | null | undefined) ?? null);
  if (option.length !== rows) {
    throw new XDeepError(
      "TARGET_INVALID",
      `A list of targets holds one per row: expected ${rows}, got ${option.length}. For an entry of an output with more axes pass { index: [${option.join(", ")}] }.`,
      { details: { expected: rows, got: option.length } },
    );
  }
  return option;
}

/**
 * Refuses targets that the dims of an output rule out, before anything runs.
 *
 * @throws {XDeepError} TARGET_INVALID, TARGET_OUT_OF_RANGE
 */
export function checkTargets({ name, dims }: Pick<ValueInfo, "name" | "dims">, targets: readonly (Target | null)[]): void {
  const axes = dims.slice(1);
  const known = axes.every((dim) => dim !== null) && dims.length > 0;
  for (const target of targets) {
    if (target === null) continue;
    if (known) checkAgainst(target, axes as readonly number[], name);
    else if (!isTarget(target)) throw invalidTarget(target, null, name);
  }
}

/** F per row, [N]: the weighted sum of the entries of each row of `data`. */
export function scoreEntries(data: ArrayLike<number>, entries: readonly TargetEntries[]): Float32Array {
  const rowSize = data.length / entries.length;
  return Float32Array.from(entries, ({ indices, weights }, row) => indices.reduce((sum, index, k) => sum + weights[k]! * data[row * rowSize + index]!, 0));
}

/** The output cotangent dF/dy [N, …] of the entries of each row. */
export function targetCotangent(dims: readonly number[], entries: readonly TargetEntries[]): FloatTensor {
  const data = new Float32Array(sizeOf(dims));
  const rowSize = data.length / entries.length;
  for (const [row, { indices, weights }] of entries.entries()) {
    for (const [k, index] of indices.entries()) data[row * rowSize + index] = data[row * rowSize + index]! + weights[k]!;
  }
  return { type: "float32", dims, data };
}

/** The target at a row-major index inside rows of these dims (the batch axis left out). */
export function targetAt(flat: number, axes: readonly number[]): Target {
  if (longAxis(axes) !== null) return flat;
  let rest = flat;
  const index = axes.toReversed().map((dim) => {
    const entry = rest % dim;
    rest = (rest - entry) / dim;
    return entry;
  });
  return { index: index.toReversed() };
}

interface ResolvedRow {
  readonly target: Target;
  readonly entries: TargetEntries;
}

function resolveRow(output: ScoredOutput, row: number, axes: readonly number[], target: Target | null): ResolvedRow {
  if (target === null)
    return found(
      sizeOf(axes) === 1
        ? 0
        : largest(
            output,
            row,
            sizeOf(axes),
            axes.map(() => null),
          ),
      axes,
    );
  if (isTerms(target)) {
    const terms = checkedTerms(target.terms, axes, output.name, target);
    return { target, entries: { indices: terms.map(({ index }) => index), weights: terms.map(({ weight }) => weight) } };
  }
  if (isMax(target)) return found(largest(output, row, sizeOf(axes), checkedMax(target.max, axes, output.name, target)), axes);
  return found(flatten(target, axes, output.name), axes);
}

function found(index: number, axes: readonly number[]): ResolvedRow {
  return { target: targetAt(index, axes), entries: { indices: [index], weights: [1] } };
}

function checkAgainst(target: Target, axes: readonly number[], output: string): void {
  if (isTerms(target)) checkedTerms(target.terms, axes, output, target);
  else if (isMax(target)) checkedMax(target.max, axes, output, target);
  else flatten(target, axes, output);
}

function isTerms(target: unknown): target is { readonly terms: readonly Term[] } {
  return typeof target === "object" && target !== null && "terms" in target;
}

function isMax(target: unknown): target is { readonly max: readonly (number | null)[] } {
  return typeof target === "object" && target !== null && "max" in target;
}

function isTarget(target: unknown): boolean {
  if (Number.isInteger(target)) return true;
  if (isTerms(target)) return Array.isArray(target.terms) && target.terms.length > 0 && target.terms.every(isTerm);
  if (isMax(target)) return Array.isArray(target.max) && target.max.every((entry) => entry === null || Number.isInteger(entry));
  return isIndex((target as { readonly index?: unknown } | null)?.index);
}

function isTerm(term: Term | undefined): boolean {
  return (Number.isInteger(term?.index) || isIndex(term?.index)) && Number.isFinite(term?.weight);
}

function isIndex(index: unknown): boolean {
  return Array.isArray(index) && index.every((entry) => Number.isInteger(entry));
}

function checkedTerms(
  terms: readonly Term[],
  axes: readonly number[],
  output: string,
  target: Target,
): readonly { readonly index: number; readonly weight: number }[] {
  if (!isTarget(target)) throw invalidTarget(target, axes, output);
  return terms.map(({ index, weight }) => ({ weight, index: flatten(typeof index === "number" ? index : { index }, axes, output) }));
}

function checkedMax(max: readonly (number | null)[], axes: readonly number[], output: string, target: Target): readonly (number | null)[] {
  if (!isTarget(target) || max.length !== axes.length) throw invalidTarget(target, axes, output);
  max.forEach((index, axis) => index !== null && checkRange(index, axis, axes, target, output));
  return max;
}

function flatten(target: Target, axes: readonly number[], output: string): number {
  const tuple = toTuple(target, axes, output);
  tuple.forEach((index, axis) => checkRange(index, axis, axes, target, output));
  return tuple.reduce((flat, index, axis) => flat * axes[axis]! + index, 0);
}

function checkRange(index: number, axis: number, axes: readonly number[], target: Target, output: string): void {
  if (index >= 0 && index < axes[axis]!) return;
  throw new XDeepError("TARGET_OUT_OF_RANGE", `Target ${describe(target)} is outside output "${output}": ${rangeOf(axes, axis)}.`, {
    details: { target, output, axes },
  });
}

function rangeOf(axes: readonly number[], axis: number): string {
  const size = axes[axis]!;
  const what =
    axes.filter((dim) => dim !== 1).length > 1
      ? `axis ${axis} of a row [${axes.join(", ")}] has ${size} entries`
      : `it has ${size} ${size === 1 ? "class" : "classes"}`;
  return `${what}, 0 to ${size - 1}`;
}

function toTuple(target: Target, axes: readonly number[], output: string): readonly number[] {
  if (typeof target === "number") {
    const long = longAxis(axes);
    if (long === null || !Number.isInteger(target)) throw invalidTarget(target, axes, output);
    // A row without axes has one entry, and 0 names it.
    if (axes.length === 0) {
      if (target === 0) return [];
      throw new XDeepError("TARGET_OUT_OF_RANGE", `Target ${target} is outside output "${output}": it has 1 entry per row, and needs no target.`, {
        details: { target, output, axes },
      });
    }
    return axes.map((_, axis) => (axis === long ? target : 0));
  }
  const index: unknown = (target as { readonly index?: unknown } | null)?.index;
  if (!isIndex(index) || (index as readonly number[]).length !== axes.length) throw invalidTarget(target, axes, output);
  return index as readonly number[];
}

function invalidTarget(target: unknown, axes: readonly number[] | null, output: string): XDeepError {
  const where = axes === null ? `output "${output}"` : `output "${output}", whose rows have dims [${axes.join(", ")}]`;
  const expected =
    axes === null || longAxis(axes) !== null
      ? "an integer"
      : `{ index: [${axes.map((_, axis) => `i${axis}`).join(", ")}] } with ${axes.length} integers, or { max: [${axes.map(() => "null").join(", ")}] } with an integer where an axis is fixed`;
  return new XDeepError(
    "TARGET_INVALID",
    `Target ${describe(target)} does not name an entry of ${where}. Pass ${expected}; weighted sums are { terms: [{ index, weight }] }.`,
    {
      details: { target, output, axes },
    },
  );
}

/** The one axis a plain number can mean; null where several are longer than 1. */
function longAxis(axes: readonly number[]): number | null {
  const long = axes.flatMap((dim, axis) => (dim === 1 ? [] : [axis]));
  return long.length > 1 ? null : (long[0] ?? 0);
}

/** Row-major index of the first largest entry of a row among those that agree with `fixed` where it is not null. */
function largest({ name, data, dims }: ScoredOutput, row: number, size: number, fixed: readonly (number | null)[]): number {
  if (data === undefined) throw new TypeError(`The values of output "${name}" are needed to find its argmax.`);
  const axes = dims.slice(1);
  const start = row * size;
  const isFree = fixed.every((index) => index === null);
  let best = -1;
  for (let i = 0; i < size; i++) {
    if (!isFree && !agrees(i, axes, fixed)) continue;
    const value = data[start + i]!;
    if (Number.isNaN(value)) {
      throw new XDeepError(
        "RESULT_NOT_FINITE",
        `Output "${name}" is NaN at entry ${i} of row ${row}, so it has no argmax. Check the input's scale, or name a target.`,
        { details: { output: name, row, index: i } },
      );
    }
    if (best < 0 || value > data[start + best]!) best = i;
  }
  return best;
}

function agrees(flat: number, axes: readonly number[], fixed: readonly (number | null)[]): boolean {
  let rest = flat;
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const entry = rest % axes[axis]!;
    rest = (rest - entry) / axes[axis]!;
    if (fixed[axis] !== null && fixed[axis] !== entry) return false;
  }
  return true;
}

function describe(target: unknown): string {
  return typeof target === "number" ? String(target) : (JSON.stringify(target) ?? String(target));
}
