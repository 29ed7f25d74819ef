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
  const rows = asRows(g, scored);
  const best = g.op("ArgMax", [rows], { axis: 1, keepdims: 0 });
  const index = g.where(g.less(target, g.int(0)), best, target);
  const scores = entriesAt(g, rows, index);
  // ONNX Runtime has OneHot for float32, not for float64.
  const oneHot = g.op("OneHot", [index, g.dimOf(rows, 1), g.constant({ type: "float32", dims: [2], data: Float32Array.of(0, 1) })], { axis: 1 });
  return { index, scores, cotangent: g.reshapeLike(g.castLike(oneHot, scored), scored), form: rows === scored ? { oneHot: index } : {} };
}

/** One entry of every row of a value [N, …]: those that `index`, int64 [N], names row-major. */
export function entriesAt(g: GraphBuilder, value: Value, index: Value): Value {
  return g.squeeze(g.op("GatherElements", [asRows(g, value), g.unsqueeze(index, [1])], { axis: 1 }), [1]);
}

function asRows(g: GraphBuilder, value: Value): Value {
  return rankOf(value) === 2 ? value : g.reshape(value, g.ints(rankOf(value) < 2 ? [-1, 1] : [0, -1]));
}

/** Σₙ wₙ gₙ over the leading axis, which stays with size 1. */
export function weightedSum(g: GraphBuilder, gradient: Value, weights: Value): Value {
  const rows = g.reshape(gradient, g.ints([0, -1]));
  const sum = g.matmul(g.unsqueeze(g.castLike(weights, gradient), [0]), rows);
  const tail = g.op("Shape", [gradient], { start: 1 });
  return g.reshape(sum, g.concat([g.ints([1]), tail], 0));
}
