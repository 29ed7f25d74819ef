import type { Target, TensorOf, ValueInfo } from "@xdeep/core";
import { resolveTargets, targetAt } from "@xdeep/core/backend";

/**
 * The entry to explain inside each row, as the graph takes it: a row-major index, or −1 for the row's own argmax. `rowDims` are those
 * of a row of the output.
 *
 * @throws {XDeepError} TARGET_INVALID, TARGET_OUT_OF_RANGE
 */
export function targetIndices(output: ValueInfo, rowDims: readonly number[], targets: readonly (Target | null)[]): TensorOf<"int64"> {
  const indices = targets.map((target) => {
    if (target === null) return -1n;
    return BigInt(resolveTargets({ name: output.name, dims: [1, ...rowDims] }, target).entries[0]?.indices[0] ?? 0);
  });
  return { type: "int64", dims: [indices.length], data: BigInt64Array.from(indices) };
}

/** The indices that the graph found or was given, as callers name them. */
export function describeTargets(indices: ArrayLike<bigint>, dims: readonly number[]): readonly Target[] {
  return Array.from(indices, (index) => targetAt(Number(index), dims.slice(1)));
}
