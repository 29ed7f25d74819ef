import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import type { CotangentForm } from "../sweep/rule.ts";

/** What picking one entry per row gives. */
export interface SelectedTarget {
  /** int64 [N]: row-major index of the entry inside its row. */
  readonly index: Value;
  /** [N]: the entries. */
  readonly scores: Value;
  /** One-hot per row, with the dims of the scored value. */
  readonly cotangent: Value;
  readonly form: CotangentForm;
}

/**
 * Picks an entry of every row of a value [N, …], in the graph: entry `target[n]`, or the first maximum where `target[n]` is −1. So one
 * session serves every class, and finds the predicted class in the run that explains it.
 */
export function selectTarget(g: GraphBuilder, scored: Value, target: Value): SelectedTarget {
  const rows = rankOf(scored) === 2 ? scored : g.reshape(scored, g.ints(rankOf(scored) < 2 ? [-1, 1] : [0, -1]));
  const best = g.op("ArgMax", [rows], { axis: 1, keepdims: 0 });
  const index = g.where(g.less(target, g.int(0)), best, target);
  const scores = g.squeeze(g.op("GatherElements", [rows, g.unsqueeze(index, [1])], { axis: 1 }), [1]);
  // ONNX Runtime has OneHot for float32, not for float64.
  const oneHot = g.op("OneHot", [index, g.dimOf(rows, 1), g.constant({ type: "float32", dims: [2], data: Float32Array.of(0, 1) })], { axis: 1 });
  return { index, scores, cotangent: g.reshapeLike(g.castLike(oneHot, scored), scored), form: rows === scored ? { oneHot: index } : {} };
}

/** Σₙ wₙ gₙ over the leading axis, which stays with size 1. */
export function weightedSum(g: GraphBuilder, gradient: Value, weights: Value): Value {
  const rows = g.reshape(gradient, g.ints([0, -1]));
  const sum = g.matmul(g.unsqueeze(g.castLike(weights, gradient), [0]), rows);
  const tail = g.op("Shape", [gradient], { start: 1 });
  return g.reshape(sum, g.concat([g.ints([1]), tail], 0));
}
