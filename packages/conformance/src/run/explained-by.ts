import { float32 } from "@xdeep/core";
import type { FloatTensor, Target, TargetOption } from "@xdeep/core";

import { unravel } from "./compare.ts";
import type { Numbers } from "../networks/fixture.ts";

/** What a target means, per row. */
export interface Explained {
  /** As results report it. */
  readonly target: readonly Target[];
  /** F of each row. */
  readonly scores: FloatTensor;
  /** dF/dy [N, …]. */
  readonly cotangent: FloatTensor;
}

interface ExplainedRow {
  readonly target: Target;
  /** Row-major index and weight. */
  readonly terms: readonly (readonly [index: number, weight: number])[];
}

/**
 * What a target says of an output [N, …], worked out from the contract's text alone: an oracle shares no line with the resolution of targets
 * in @xdeep/core, which backends use.
 */
export function explainedBy({ dims, data }: Numbers, option: TargetOption | undefined): Explained {
  const [rows = 1, ...axes] = dims;
  const size = data.length / rows;
  const cotangent = float32(dims);
  const explained = Array.from({ length: rows }, (_, row) => {
    const own = (Array.isArray(option) ? (option as readonly (Target | null)[])[row] : (option as Target | null | undefined)) ?? null;
    return explainedRow(
      Array.from({ length: size }, (__, i) => data[row * size + i]!),
      axes,
      own,
    );
  });
  const scores = explained.map(({ terms }, row) => {
    for (const [index, weight] of terms) cotangent.data[row * size + index]! += weight;
    return terms.reduce((sum, [index, weight]) => sum + weight * data[row * size + index]!, 0);
  });
  return { target: explained.map(({ target }) => target), scores: float32([rows], scores), cotangent };
}

function explainedRow(row: readonly number[], axes: readonly number[], target: Target | null): ExplainedRow {
  const entry = (index: number): ExplainedRow => ({ target: reported(index, axes), terms: [[index, 1]] });
  if (target === null) return entry(largest(row, () => true));
  if (typeof target === "number") return entry(target);
  if ("index" in target) return entry(flat(target.index, axes));
  if ("max" in target) {
    const { max } = target;
    return entry(largest(row, (i) => unravel(i, axes).every((at, axis) => max[axis] === null || max[axis] === at)));
  }
  return { target, terms: target.terms.map(({ index, weight }) => [typeof index === "number" ? index : flat(index, axes), weight]) };
}

/** The first of the largest entries among those that count. */
function largest(row: readonly number[], counts: (index: number) => boolean): number {
  const values = row.map((value, i) => (counts(i) ? value : -Infinity));
  return values.indexOf(Math.max(...values));
}

function reported(index: number, axes: readonly number[]): Target {
  return axes.filter((dim) => dim !== 1).length > 1 ? { index: unravel(index, axes) } : index;
}

function flat(index: readonly number[], axes: readonly number[]): number {
  return index.reduce((sum, at, axis) => sum * axes[axis]! + at, 0);
}
