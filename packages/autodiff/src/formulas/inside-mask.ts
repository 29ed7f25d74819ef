import { type GraphBuilder, type Value, float } from "@xdeep/onnx";
import { constantNumber } from "./constant-number.ts";

/** Powers of two, so that products with them are exact: the difference of two float32 numbers near 1 times the first is at least 1. */
const STEEP = 2 ** 100;
const STEEPEST = 2 ** 127;

/** Bounds for which STEEP times the distance to the next float32 is at least 1, and STEEP times the bound is finite. */
const SMALLEST = 2 ** -60;
const LARGEST = 2 ** 20;

/**
 * dy where low < y < high, else 0; a bound of null does not bound.
 *
 * With known bounds in float32 each side is a HardSigmoid so steep that it is exactly 0 at the bound and 1 at the next number inside, for the
 * reason that `positiveMask` gives.
 */
export function insideMask(g: GraphBuilder, y: Value, low: Value | null, high: Value | null, dy: Value): Value {
  const sides = [low === null ? [] : [steepSide(g, y, low, 1)], high === null ? [] : [steepSide(g, y, high, -1)]].flat();
  if (sides.every((side) => side !== null)) return sides.reduce((masked, side) => g.mul(masked, side), dy);
  const above = low === null ? dy : g.keepWhere(g.greater(y, low), dy);
  return high === null ? above : g.keepWhere(g.less(y, high), above);
}

/** 1 where sign · (y − bound) > 0, else 0; null where no HardSigmoid is exact. */
function steepSide(g: GraphBuilder, y: Value, bound: Value, sign: 1 | -1): Value | null {
  const at = constantNumber(bound);
  if (y.facts.type !== "float32" || at === undefined) return null;
  if (at === 0) return g.op("HardSigmoid", [y], { alpha: float(sign * STEEPEST), beta: float(0) });
  if (!(Math.abs(at) >= SMALLEST && Math.abs(at) <= LARGEST)) return null;
  return g.op("HardSigmoid", [y], { alpha: float(sign * STEEP), beta: float(-sign * STEEP * at) });
}
