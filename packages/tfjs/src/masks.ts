import { type Tensor, engine, greater, less, logicalAnd, zerosLike } from "@tensorflow/tfjs-core";

/** a where the condition holds, else b; all of one shape. `where` would first clone all three to broadcast them, a copy each on wasm. */
export function select(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  return engine().runKernel("Select", { condition, t: a, e: b });
}

/** dy where y > 0, else 0. Selects, so that an infinite cotangent stays out where it should (0 · ∞ is NaN). */
export function positiveWhere(y: Tensor, dy: Tensor): Tensor {
  return select(greater(y, 0), dy, zerosLike(dy));
}

/** dy where low < y < high, else 0. */
export function insideWhere(y: Tensor, low: number, high: number, dy: Tensor): Tensor {
  return select(logicalAnd(greater(y, low), less(y, high)), dy, zerosLike(dy));
}
