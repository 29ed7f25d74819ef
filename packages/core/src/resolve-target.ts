import { XDeepError } from "./error.ts";
import type { Target, TargetOption } from "./target.ts";
import { sizeOf } from "./tensor.ts";

/** What `resolveTargets` reads of a model output. */
export interface ScoredOutput {
  readonly name: string;
  /** [N, …]. */
  readonly dims: readonly number[];
  /** The output's values, row-major. Needed only for an argmax. */
  readonly data?: ArrayLike<number> | undefined;
}

/** Which entry of an output is explained, per row. */
export interface ResolvedTargets {
  /** As reported: a number where at most one axis of a row is longer than 1, otherwise the tuple. */
  readonly targets: readonly Target[];
  /** Row-major index inside each row of the output, [N]. */
  readonly indices: Int32Array;
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
  const indices = Int32Array.from({ length: rows }, (_, row) => {
    const target = perRow[row];
    if (target !== undefined && target !== null) return flatten(target, axes, output.name);
    return sizeOf(axes) === 1 ? 0 : argmax(output, row, sizeOf(axes));
  });
  return { targets: Array.from(indices, (index) => targetAt(index, axes)), indices };
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
      {
        details: { expected: rows, got: option.length },
      },
    );
  }
  return option;
}

/** F per row, [N]: the entry of each row of `data` at `indices`. */
export function gatherScores(data: ArrayLike<number>, indices: Int32Array): Float32Array {
  const rowSize = data.length / indices.length;
  return Float32Array.from(indices, (index, row) => data[row * rowSize + index]!);
}

function flatten(target: Target, axes: readonly number[], output: string): number {
  const tuple = toTuple(target, axes, output);
  tuple.forEach((index, axis) => {
    if (index < 0 || index >= axes[axis]!) {
      throw new XDeepError("TARGET_OUT_OF_RANGE", `Target ${describe(target)} is outside output "${output}": ${rangeOf(axes, axis)}.`, {
        details: { target, output, axes },
      });
    }
  });
  return tuple.reduce((flat, index, axis) => flat * axes[axis]! + index, 0);
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
  if (!Array.isArray(index) || index.length !== axes.length || !index.every((entry) => Number.isInteger(entry))) throw invalidTarget(target, axes, output);
  return index as readonly number[];
}

function invalidTarget(target: unknown, axes: readonly number[], output: string): XDeepError {
  const expected = longAxis(axes) === null ? `{ index: [${axes.map((_, axis) => `i${axis}`).join(", ")}] } with ${axes.length} integers` : "an integer";
  return new XDeepError(
    "TARGET_INVALID",
    `Target ${describe(target)} does not name an entry of output "${output}", whose rows have dims [${axes.join(", ")}]. Pass ${expected}.`,
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

function argmax({ name, data }: ScoredOutput, row: number, size: number): number {
  if (data === undefined) throw new TypeError(`The values of output "${name}" are needed to find its argmax.`);
  const start = row * size;
  let best = 0;
  for (let i = 0; i < size; i++) {
    const value = data[start + i]!;
    if (Number.isNaN(value)) {
      throw new XDeepError(
        "RESULT_NOT_FINITE",
        `Output "${name}" is NaN at entry ${i} of row ${row}, so it has no argmax. Check the input's scale, or name a target.`,
        {
          details: { output: name, row, index: i },
        },
      );
    }
    if (value > data[start + best]!) best = i;
  }
  return best;
}

function describe(target: unknown): string {
  return typeof target === "number" ? String(target) : (JSON.stringify(target) ?? String(target));
}
