import { cast, matMul, oneHot, reshape, topk } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** TopK along the last axis: each of the k largest hands its ȳ to the entry that it is, the first of equal ones. */
export const topKRule: GradientRule = {
  kernel: "TopK",
  needs: { x: ["x"] },
  pullback: function topKPullback({ dys, attrs, shapes, input }) {
    const shape = [...shapes["x"]!];
    const [size, k] = [shape.at(-1)!, attrs["k"] as number];
    const { indices } = topk(input("x"), k, attrs["sorted"] as boolean);
    const chosen = cast(oneHot(reshape(cast(indices, "int32"), [-1]), size), "float32");
    return { x: reshape(matMul(reshape(dys[0]!, [-1, 1, k]), reshape(chosen, [-1, k, size])), shape) };
  },
};
