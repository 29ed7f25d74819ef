import { type Tensor, cast, matMul, oneHot, reshape, util } from "@tensorflow/tfjs-core";

import type { Gradient } from "./gradient.ts";

/**
 * GatherV2: y = x at `indices` along an axis;  x̄ adds up, at each index, what was read from it.
 * Written as a product with the one-hot matrix of the indices, because not every engine can scatter.
 */
export const gatherV2Gradient: Gradient = {
  kernel: "GatherV2",
  needs: { x: ["indices"] },
  pullback: ({ dy, attrs, shapes, input }) => {
    const shape = [...shapes["x"]!];
    const axis = util.parseAxisParam(attrs["axis"] as number, shape)[0]!;
    const batchDims = (attrs["batchDims"] as number | undefined) ?? 0;
    const indices = input("indices");
    const batch = product(shape.slice(0, batchDims));
    const outer = product(shape.slice(batchDims, axis));
    const inner = product(shape.slice(axis + 1));
    const count = indices.size / batch;
    const chosen = reshape(cast(oneHot(reshape(cast(indices, "int32"), [-1]), shape[axis]!), "float32"), [batch, 1, count, shape[axis]!]);
    const spread: Tensor = matMul(chosen, reshape(dy, [batch, outer, count, inner]), true, false);
    return { x: reshape(spread, shape) };
  },
};

function product(dims: readonly number[]): number {
  return dims.reduce((a, b) => a * b, 1);
}
