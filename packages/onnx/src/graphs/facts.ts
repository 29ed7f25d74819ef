import type { DataType } from "@xdeep/core";
import type { ConstantTensor } from "../files/tensor-data.ts";

/**
 * One axis: its size, the name of a size known only at run time, or null where nothing is known. Equal names are equal sizes.
 * A name in braces is computed from others: `{floor((H+1)/2)}`.
 */
export type Dim = number | string | null;

/** What is known of a value before any run. */
export interface Facts {
  /** Null where unknown, or where the value is no tensor of a type listed in @xdeep/core. */
  readonly type: DataType | null;
  /** Null where even the rank is unknown. */
  readonly dims: readonly Dim[] | null;
  /** The value itself, where it is known and small or an initializer. */
  readonly constant?: ConstantTensor | undefined;
  /** For small tensors made by shape arithmetic: their elements, row-major, as far as known; booleans are 0 and 1. Carries `N` through Shape → Gather → Concat → Reshape. */
  readonly elements?: readonly Dim[] | undefined;
  /** "sequence", "optional", "map" or "sparse" where the value is no tensor. */
  readonly container?: string | undefined;
}

/** What is known of values, by name. */
export type FactsByName = Pick<ReadonlyMap<string, Facts>, "get">;

/** What is known inside a graph, which also sees the values around it. */
export function factsWithin(inner: FactsByName, outer: FactsByName): FactsByName {
  return { get: (name) => inner.get(name) ?? outer.get(name) };
}

/** Nothing is known. */
export const unknownFacts: Facts = { type: null, dims: null };

/** `axis` counted from the front: an operator may count it from the back, −1 for the last. */
export function axisFromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** The dims as numbers, or null unless all are known. */
export function staticDims(facts: Facts): readonly number[] | null {
  return facts.dims !== null && facts.dims.every((dim) => typeof dim === "number") ? (facts.dims as readonly number[]) : null;
}
