import { type Target, XDeepError, sizeOf } from "@xdeep/core";
import { targetAt } from "@xdeep/core/backend";

import { formatDims } from "../../print/text/format-number.ts";
import { type ClassAxis, classAxes, longAxes } from "./class-axis.ts";
import type { ClassTerm, TargetWish } from "./target-flag.ts";

/** An output of one input, as far as targets go. */
export interface TargetOutput {
  readonly name: string;
  readonly rowDims: readonly number[];
  /** The values of each row. */
  readonly rows: readonly Float64Array[];
}

/** A target for every row, and where classes lie. */
export interface PlacedTargets {
  /** Null: the row's highest entry. */
  readonly targets: readonly Target[] | null;
  /** Null where rows have a single axis, or it is not known which of several has the classes. */
  readonly axis: ClassAxis | null;
  /** Of what the targets are the highest, as `--target` takes it; null where they were named. */
  readonly highestOf: string | null;
}

/**
 * Finds the entries that `--target` means, now that the output is known. A class of an output with more axes is its highest entry, such as the one of
 * the best anchor; a sum of classes is taken where the first of them is highest. Where nothing is asked, it is the highest entry of any class.
 *
 * @param classes how many names the labels have; null without labels
 * @throws {XDeepError} TARGET_INVALID where it cannot be told which axis has the classes
 */
export function placeTarget(wish: TargetWish, output: TargetOutput, classes: number | null): PlacedTargets {
  const { rowDims, rows } = output;
  if (wish !== null && "terms" in wish) return { targets: rows.map(() => simplest(wish)), axis: null, highestOf: null };
  if (wish !== null && "max" in wish)
    return { targets: rows.map(() => ({ max: wish.max })), axis: onlyAxis(rowDims, classes), highestOf: wish.max.map((index) => index ?? "*").join(",") };
  if (longAxes(rowDims).length <= 1) {
    const target = wish === null ? null : sumOf(wish.classes, (index) => index);
    return { targets: target === null ? null : rows.map(() => target), axis: null, highestOf: null };
  }
  const axis = wish === null ? onlyAxis(rowDims, classes) : demandedAxis(wish.classes, output, classes);
  if (axis === null) return { targets: null, axis, highestOf: null };
  if (wish === null) return { targets: rows.map((row) => targetAt(highest(row, classEntries(rowDims, axis)), rowDims)), axis, highestOf: "all classes" };
  const first = wish.classes[0]!;
  const max = rowDims.map((_, n) => (n === axis.axis ? first.class + axis.offset : null));
  const highestOf = max.map((index) => index ?? "*").join(",");
  if (wish.classes.length === 1 && first.weight === 1) return { targets: rows.map(() => ({ max })), axis, highestOf };
  const along = indexAlong(rowDims, axis.axis);
  const targets = rows.map((row): Target => {
    const index = indexOf(
      highest(row, (flat) => along(flat) === first.class + axis.offset),
      rowDims,
    );
    return {
      terms: wish.classes.map((term) => ({ index: index.map((entry, n) => (n === axis.axis ? term.class + axis.offset : entry)), weight: term.weight })),
    };
  });
  return { targets, axis, highestOf };
}

/** Whether an entry of a row, by its row-major index, stands for a class. */
export function classEntries(rowDims: readonly number[], axis: ClassAxis | null): (flat: number) => boolean {
  if (axis === null || axis.offset === 0) return () => true;
  const along = indexAlong(rowDims, axis.axis);
  return (flat) => along(flat) >= axis.offset;
}

/** The class of an entry; null where its row has several axes of which none is known to have the classes. */
export function classOf(index: number | readonly number[], axis: ClassAxis | null): number | null {
  if (typeof index === "number") return index;
  return axis === null ? null : index[axis.axis]! - axis.offset;
}

function onlyAxis(rowDims: readonly number[], classes: number | null): ClassAxis | null {
  const axes = classes === null || longAxes(rowDims).length <= 1 ? [] : classAxes(rowDims, classes);
  return axes.length === 1 ? axes[0]! : null;
}

function demandedAxis(terms: readonly ClassTerm[], { name, rowDims }: TargetOutput, classes: number | null): ClassAxis {
  const axes = classes === null ? [] : classAxes(rowDims, classes);
  if (axes.length === 1) return axes[0]!;
  const where = `output "${name}", whose rows have dims ${formatDims(rowDims)}`;
  const why =
    classes === null
      ? `It is not known which axis of ${where}, has the classes; --labels FILE would tell`
      : `${axes.length === 0 ? "No axis" : "More than one axis"} of ${where}, fits the ${classes} names of --labels`;
  const examples = longAxes(rowDims).map((axis) => `"${rowDims.map((_, n) => (n === axis ? terms[0]!.class : "*")).join(",")}"`);
  throw new XDeepError(
    "TARGET_INVALID",
    `${why}. Name the entry by an index for every axis, with * for the highest along one: --target ${examples.join(" or ")}.`,
    {
      details: { output: name, dims: rowDims, classes },
    },
  );
}

function sumOf(classes: readonly ClassTerm[], indexOfClass: (index: number) => number): Target {
  const [first] = classes;
  if (classes.length === 1 && first!.weight === 1) return indexOfClass(first!.class);
  return { terms: classes.map((term) => ({ index: indexOfClass(term.class), weight: term.weight })) };
}

/** An entry where the sum is one entry. */
function simplest({ terms }: Extract<TargetWish, { readonly terms: unknown }>): Target {
  const [first] = terms;
  return terms.length === 1 && first!.weight === 1 && typeof first!.index !== "number" ? { index: first!.index } : { terms };
}

/** Row-major index of the first of the highest entries that count. */
function highest(row: Float64Array, counts: (flat: number) => boolean): number {
  let best = -1;
  row.forEach((value, flat) => {
    if (counts(flat) && (best < 0 || value > row[best]!)) best = flat;
  });
  return best;
}

/** The index of a flat entry along one axis. */
function indexAlong(rowDims: readonly number[], axis: number): (flat: number) => number {
  const stride = sizeOf(rowDims.slice(axis + 1));
  return (flat) => Math.floor(flat / stride) % rowDims[axis]!;
}

/** The index of a flat entry, one number for each axis. */
function indexOf(flat: number, rowDims: readonly number[]): readonly number[] {
  return rowDims.map((_, axis) => indexAlong(rowDims, axis)(flat));
}
