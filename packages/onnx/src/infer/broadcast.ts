import { sizeOf } from "@xdeep/core";
import type { Dim } from "../graphs/facts.ts";
import type { KnownElements } from "./elements.ts";

/** Dims of several shapes broadcast together; null where a rank is unknown, "contradiction" where two sizes cannot meet. */
export function broadcastDims(shapes: readonly (readonly Dim[] | null)[]): readonly Dim[] | null | "contradiction" {
  const rank = shapes.reduce((most, dims) => Math.max(most, dims?.length ?? 0), 0);
  const dims: Dim[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    const sizes = shapes.map((shape) => (shape === null ? null : axis < rank - shape.length ? 1 : (shape[axis - rank + shape.length] as Dim)));
    const size = broadcastSizes(sizes);
    if (size === "contradiction") return size;
    dims.push(size.dim);
  }
  return shapes.includes(null) ? null : dims;
}

function broadcastSizes(sizes: readonly Dim[]): { dim: Dim } | "contradiction" {
  // A number other than 1 decides: whatever is unknown beside it is 1 or the same.
  const numbers = new Set(sizes.filter((size): size is number => typeof size === "number" && size !== 1));
  if (numbers.size > 1) return "contradiction";
  const [decided] = numbers;
  if (decided !== undefined) return { dim: decided };
  const open = new Set(sizes.filter((size) => size !== 1));
  if (open.size === 0) return { dim: 1 };
  return { dim: open.size === 1 ? ([...open][0] as Dim) : null };
}

/** Combines small operands element by element, broadcast to `dims`. */
export function broadcastElements(dims: readonly number[], operands: readonly KnownElements[], combine: (values: readonly Dim[]) => Dim): readonly Dim[] {
  const strides = operands.map((operand) => broadcastStrides(operand.dims, dims));
  return Array.from({ length: sizeOf(dims) }, (_, flat) => {
    const index = unravel(flat, dims);
    return combine(operands.map((operand, i) => operand.values[dot(index, strides[i] as readonly number[])] ?? null));
  });
}

/** Row-major steps of an operand of dims `from` when it is broadcast to `to`: 0 along stretched axes. */
export function broadcastStrides(from: readonly number[], to: readonly number[]): readonly number[] {
  const own = rowMajorStrides(from);
  const lead = to.length - from.length;
  return to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : (own[axis - lead] as number)));
}

/** Elements to step over for one step along each axis. */
export function rowMajorStrides(dims: readonly number[]): readonly number[] {
  return dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
}

/** The index of element number `flat`. */
export function unravel(flat: number, dims: readonly number[]): readonly number[] {
  return rowMajorStrides(dims).map((stride, axis) => Math.floor(flat / stride) % (dims[axis] as number));
}

/** Σ aᵢ bᵢ. */
export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}
