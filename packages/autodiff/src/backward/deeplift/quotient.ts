import type { GraphBuilder, Value } from "@xdeep/onnx";

/** a / b, 0 where b is 0. */
export function quotientOf(g: GraphBuilder, a: Value, b: Value): Value {
  const isZero = g.equal(b, g.scalar(0, b));
  return g.where(isZero, g.scalar(0, a), g.div(a, g.where(isZero, g.scalar(1, b), b)));
}
