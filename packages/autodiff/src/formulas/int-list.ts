import type { GraphBuilder, Value } from "@xdeep/onnx";

/** The elements of an int64 list that is known before the run, or null. */
export function knownInts(value: Value): readonly number[] | null {
  const constant = value.facts.constant;
  return constant === undefined ? null : Array.from(constant.data as ArrayLike<bigint | number>, Number);
}

/** int64 lists one after another: a constant where all are known. */
export function joinInts(g: GraphBuilder, parts: readonly Value[]): Value {
  const known = parts.map(knownInts);
  return known.every((part) => part !== null) ? g.ints(known.flat()) : g.concat(parts, 0);
}
