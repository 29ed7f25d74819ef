import { type GraphBuilder, type Value, float } from "@xdeep/onnx";

/** The largest power of two in float32: every normal y > 0 times it is at least 1. */
const STEEP = 2 ** 127;

/**
 * dy where y > 0, else 0, for y ≥ 0.
 *
 * In float32 the mask is a HardSigmoid so steep that it is 0 at 0 and exactly 1 at every normal positive number: a product with it stays in
 * the blocked layout that convolutions run in, where a selection would leave it (measured 30 % slower on ResNet-18). A product is less
 * forgiving than a selection: an infinite cotangent on an inactive unit gives NaN, which is reported, not hidden.
 */
export function positiveMask(g: GraphBuilder, y: Value, dy: Value): Value {
  if (y.facts.type !== "float32") return g.keepWhere(g.greater(y, g.scalar(0, y)), dy);
  return g.mul(dy, g.op("HardSigmoid", [y], { alpha: float(STEEP), beta: float(0) }));
}
