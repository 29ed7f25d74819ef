import type { ValueInfo } from "@xdeep/core";
import type { Tensor } from "@tensorflow/tfjs-core";

/** How a network was run to see what its values look like. */
export interface Observation {
  /** Size of the batch axis that was run; null where inputs have none that is open or fixed alike. */
  readonly rows: number | null;
  /** Sizes besides the batch were made up, because inputs leave them open. */
  readonly isFree: boolean;
}

/** The declared dims of a value, with what a run showed where nothing was declared: null where any size goes. */
export function observedDims(seen: readonly number[], { rows, isFree }: Observation, declared: ValueInfo["dims"] = []): ValueInfo["dims"] {
  const isDeclared = declared.length === seen.length;
  return seen.map((size, axis) => {
    if (axis === 0 && size === rows) return null;
    return (isDeclared ? declared[axis] : null) ?? (isFree ? null : size);
  });
}

/** The info of an inner value, as far as a run tells. */
export function observedInfo(name: string, { shape, dtype }: Tensor, observation: Observation): ValueInfo {
  return { name, type: dtype as "float32", dims: observedDims(shape, observation), layout: null };
}
