import { type Dim, type Facts, unknownFacts } from "../graphs/facts.ts";
import { elementsOf } from "./elements.ts";

/** What holds of a value that is either `a` or `b`. */
export function mergeFacts(a: Facts, b: Facts): Facts {
  if (a.container !== b.container) return unknownFacts;
  const dims = mergeLists(a.dims, b.dims);
  const elements = dims === null ? null : mergeLists(elementsOf(a)?.values ?? null, elementsOf(b)?.values ?? null);
  return {
    type: a.type === b.type ? a.type : null,
    dims,
    ...(a.container === undefined ? {} : { container: a.container }),
    ...(elements === null || elements.every((element) => element === null) ? {} : { elements }),
  };
}

/** True when both say the same of type, dims and elements. */
export function sameFacts(a: Facts, b: Facts): boolean {
  return a.type === b.type && a.container === b.container && sameList(a.dims, b.dims) && sameList(elementsOf(a)?.values ?? null, elementsOf(b)?.values ?? null);
}

function mergeLists(a: readonly Dim[] | null, b: readonly Dim[] | null): readonly Dim[] | null {
  if (a === null || b === null || a.length !== b.length) return null;
  return a.map((dim, axis) => (dim === b[axis] ? dim : null));
}

function sameList(a: readonly Dim[] | null, b: readonly Dim[] | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}
