import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";

/** AffineGrid: y[n, p] = θₙ (p, 1) at the points p of a regular grid;  θ̄ₙ = Σ ȳ[n, p] (p, 1)ᵀ. */
export const affineGridRule: GradientRule = {
  op: "AffineGrid",
  since: [20],
  pullback: function affineGridPullback({ g, node, input, cotangent }) {
    const rank = rankOf(cotangent(0)) - 2;
    const size = g.concat([g.ints([1]), g.slice(input(1), g.ints([1]), g.ints([rank + 2]), g.ints([0]))], 0);
    const grid = g.repeat(node, [identity(g, rank, input(0)), size])[0] as Value;
    const points = g.reshape(grid, g.ints([-1, rank]));
    const ones = g.fillLike(g.slice(points, g.ints([0]), g.ints([1]), g.ints([1])), 1);
    const dy = g.transpose(g.reshape(cotangent(0), g.ints([0, -1, rank])), [0, 2, 1]);
    return [g.matmul(dy, g.concat([points, ones], 1)), null];
  },
};

/** θ = (1 | 0), which leaves the points as they are. */
function identity(g: GraphBuilder, rank: number, like: Value): Value {
  return g.unsqueeze(g.castLike(g.op("EyeLike", [g.op("ConstantOfShape", [g.ints([rank, rank + 1])])]), like), [0]);
}
