import type { Dim, GraphBuilder, Value } from "@xdeep/onnx";

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
  const own = g.shapeOf(primal);
  const padded = g.concat([missingAxes(g, cotangent, primal), own], 0);
  const stretched = g.not(g.equal(padded, g.shapeOf(cotangent)));
  const axes = g.reshape(g.op("NonZero", [stretched]), g.ints([-1]));
  const summed = g.op("ReduceSum", [cotangent, axes], { keepdims: 1, noop_with_empty_axes: 1 });
  return g.reshape(summed, own);
}

/** A 1 for each axis that the cotangent has more than the primal, whether or not their number is known before the run. */
function missingAxes(g: GraphBuilder, cotangent: Value, primal: Value): Value {
  const [from, to] = [cotangent.facts.dims, primal.facts.dims];
  if (from !== null && to !== null) return g.ints(Array.from({ length: from.length - to.length }, () => 1));
  const count = g.sub(g.op("Shape", [g.shapeOf(cotangent)]), g.op("Shape", [g.shapeOf(primal)]));
  return g.expand(g.ints([1]), count);
}
