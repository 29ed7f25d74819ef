import { type Dim, type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";

/**
 * Sums a cotangent over the axes along which its primal was broadcast, so that it gets the primal's dims. Axes are found before the run
 * where dims are known, in the graph otherwise.
 */
export function unbroadcast(g: GraphBuilder, cotangent: Value, primal: Value): Value {
  const from = cotangent.facts.dims;
  const to = primal.facts.dims;
  if (from === null || to === null) return unbroadcastAtRun(g, cotangent, primal);
  const lead = from.length - to.length;
  const summed = from.map((dim, axis) => (axis < lead ? true : isBroadcast(dim, to[axis - lead] ?? null)));
  if (summed.includes(null)) return unbroadcastAtRun(g, cotangent, primal);
  const axes = summed.flatMap((is, axis) => (is === true ? [axis] : []));
  if (axes.length === 0) return cotangent;
  if (lead === 0) return g.reduceSum(cotangent, axes, true);
  return g.reshapeLike(g.reduceSum(cotangent, axes, true), primal);
}

/** Whether a primal's axis of size `to` was stretched to `from`; null where that shows only at run time. */
function isBroadcast(from: Dim, to: Dim): boolean | null {
  if (to === 1) return from !== 1;
  if (typeof to === "number") return false;
  return to !== null && to === from ? false : null;
}

function unbroadcastAtRun(g: GraphBuilder, cotangent: Value, primal: Value): Value {
  const rank = rankOf(cotangent);
  const own = g.shapeOf(primal);
  const missing = rank - rankOf(primal);
  const padded = missing === 0 ? own : g.concat([g.ints(Array.from({ length: missing }, () => 1)), own], 0);
  const stretched = g.not(g.equal(padded, g.shapeOf(cotangent)));
  const axes = g.reshape(g.op("NonZero", [stretched]), g.ints([-1]));
  const summed = g.op("ReduceSum", [cotangent, axes], { keepdims: 1, noop_with_empty_axes: 1 });
  return g.reshape(summed, own);
}
