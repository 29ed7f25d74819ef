import { type Dim, type Facts, unknownFacts } from "../graphs/facts.ts";
import { substituteDim } from "./substitute-dim.ts";

/** Elements of a value where every size that is open is 1. A size of 0 hides none of the others. */
export function leastElements({ dims }: Facts = unknownFacts): number {
  return (dims ?? []).reduce<number>((product, dim) => product * leastSize(dim), 1);
}

const ONES: Pick<ReadonlyMap<string, number>, "get"> = { get: () => 1 };

/** A size where every symbol is 1; at least 1. */
export function leastSize(dim: Dim): number {
  const size = substituteDim(dim, ONES);
  return typeof size === "number" ? Math.max(1, size) : 1;
}
