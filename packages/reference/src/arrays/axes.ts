import { XDeepError, sizeOf } from "@xdeep/core";

/**
 * A possibly negative axis as an index into `rank` axes.
 *
 * @throws {XDeepError} ATTRIBUTE_INVALID when it lies outside.
 */
export function normalizeAxis(axis: number, rank: number): number {
  const index = axis < 0 ? axis + rank : axis;
  if (index < 0 || index >= rank) {
    throw new XDeepError("ATTRIBUTE_INVALID", `Axis ${axis} does not exist in a value of rank ${rank}.`, { details: { axis, rank } });
  }
  return index;
}

/** An array seen as [outer, size, inner] around one axis: element (o, i, n) lies at (o · size + i) · inner + n. */
export interface AxisView {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
}

/** The view around `axis`, which must not be negative. */
export function axisView(dims: readonly number[], axis: number): AxisView {
  return { outer: sizeOf(dims.slice(0, axis)), size: dims[axis]!, inner: sizeOf(dims.slice(axis + 1)) };
}
