import { type Tensor, cast, matMul, oneHot, reshape, topk } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** TopK along the last axis: each of the k largest hands its ȳ to the entry that it is, the first of equal ones. */
export const topKRule: GradientRule = {
  kernel: "TopK",
  needs: { x: ["x"] },
  pullback: function topKPullback({ dys, attrs, shapes, input }) {
    const { indices } = topk(input("x"), attrs["k"] as number, attrs["sorted"] as boolean);
    return { x: returnToEntries(dys[0]!, chosenEntries(indices, shapes["x"]!.at(-1)!), shapes["x"]!) };
  },
};

/** Which entry of x each of the k largest is: rows of 0 and a 1, [rows, k, size]. */
export function chosenEntries(indices: Tensor, size: number): Tensor {
  return reshape(cast(oneHot(reshape(cast(indices, "int32"), [-1]), size), "float32"), [-1, indices.shape.at(-1)!, size]);
}

/** What the k largest have, at the entries that they are; 0 elsewhere. */
export function returnToEntries(values: Tensor, chosen: Tensor, shape: readonly number[]): Tensor {
  return reshape(matMul(reshape(values, [-1, 1, chosen.shape[1]!]), chosen), [...shape]);
}
