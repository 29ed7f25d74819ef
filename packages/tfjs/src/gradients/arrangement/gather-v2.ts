import { type Tensor, cast, matMul, oneHot, reshape, transpose, util } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/**
 * GatherV2: y = x at `indices` along an axis;  x̄ adds up, at each index, what was read from it.
 * Written as a product with the one-hot matrix of the indices, because not every engine can scatter.
 */
export const gatherV2Rule: GradientRule = {
  kernel: "GatherV2",
  needs: { x: ["indices"] },
  pullback: function gatherV2Pullback({ dy, attrs, shapes, input }) {
    const shape = [...shapes["x"]!];
    const indices = input("indices");
    const axis = util.parseAxisParam(attrs["axis"] as number, shape)[0]!;
    const given = (attrs["batchDims"] as number | undefined) ?? 0;
    const batchDims = given < 0 ? given + indices.rank : given;
    const batch = util.sizeFromShape(shape.slice(0, batchDims));
    const outer = util.sizeFromShape(shape.slice(batchDims, axis));
    const inner = util.sizeFromShape(shape.slice(axis + 1));
    const count = indices.size / batch;
    const chosen = reshape(cast(oneHot(reshape(cast(indices, "int32"), [-1]), shape[axis]!), "float32"), [batch, count, shape[axis]!]);
    // Products here broadcast over leading axes only, so the outer axes go beside the inner ones.
    const read = transpose(reshape(dy, [batch, outer, count, inner]), [0, 2, 1, 3]);
    const spread: Tensor = matMul(chosen, reshape(read, [batch, count, outer * inner]), true, false);
    return { x: reshape(transpose(reshape(spread, [batch, shape[axis]!, outer, inner]), [0, 2, 1, 3]), shape) };
  },
};
