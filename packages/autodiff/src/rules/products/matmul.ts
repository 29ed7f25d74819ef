import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";

/**
 * MatMul: y = a b over the last two axes, the others broadcast;  ā = ȳ bᵀ, b̄ = aᵀ ȳ.
 *
 * A one-dimensional a counts as a row, a one-dimensional b as a column, as in numpy.
 */
export const matMulRule: GradientRule = {
  op: "MatMul",
  since: [1, 9, 13],
  broadcasts: true,
  pullback: function matMulPullback({ g, input, cotangent, wants }) {
    const vectorA = rankOf(input(0)) === 1;
    const vectorB = rankOf(input(1)) === 1;
    const a = vectorA ? g.unsqueeze(input(0), [0]) : input(0);
    const b = vectorB ? g.unsqueeze(input(1), [1]) : input(1);
    const dy = restoreAxes(g, cotangent(0), vectorA, vectorB);
    const da = wants(0) ? g.matmul(dy, transposed(g, b)) : null;
    const db = wants(1) ? g.matmul(transposed(g, a), dy) : null;
    return [da === null || !vectorA ? da : g.squeeze(da, [-2]), db === null || !vectorB ? db : g.squeeze(db, [-1])];
  },
};

/** ȳ with the axes that vanish from the product of a vector. */
function restoreAxes(g: GraphBuilder, dy: Value, vectorA: boolean, vectorB: boolean): Value {
  const column = vectorB ? g.unsqueeze(dy, [-1]) : dy;
  return vectorA ? g.unsqueeze(column, [-2]) : column;
}

function transposed(g: GraphBuilder, matrix: Value): Value {
  const rank = rankOf(matrix);
  return g.transpose(matrix, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}
