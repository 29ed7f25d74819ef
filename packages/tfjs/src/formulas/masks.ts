import { type Tensor, engine, mul, step, sub } from "@tensorflow/tfjs-core";

/**
 * a where the condition holds, else b; all of one shape. `where` would first clone all three to broadcast them, a copy each on wasm.
 */
export function select(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  return engine().runKernel("Select", { condition, t: a, e: b });
}

/**
 * dy where y > 0, else 0. Multiplies by a step instead of comparing and selecting, which takes ten times as long on wasm; the price is that
 * an infinite cotangent becomes NaN where it should be stopped.
 */
export function positiveWhere(y: Tensor, dy: Tensor): Tensor {
  return mul(dy, step(y));
}

/** dy where low < y < high, else 0. */
export function insideWhere(y: Tensor, low: number, high: number, dy: Tensor): Tensor {
  const isAbove = step(low === 0 ? y : sub(y, low));
  return Number.isFinite(high) ? mul(dy, mul(isAbove, step(sub(high, y)))) : mul(dy, isAbove);
}
