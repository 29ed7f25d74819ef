import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import { ones } from "./windows/conv-geometry.ts";

/** x̂ = (x − mean) · r over some axes, and r = 1 / √(variance + ε). */
export interface Normalized {
  readonly xHat: Value;
  readonly r: Value;
  readonly axes: readonly number[];
}

/** Normalises again, as the forward operator did; the engine shares what is equal. */
export function normalized(g: GraphBuilder, x: Value, axes: readonly number[], epsilon: number): Normalized {
  const centred = g.sub(x, meanOver(g, x, axes));
  const r = inverseRoot(g, centred, axes, epsilon);
  return { xHat: g.mul(centred, r), r, axes };
}

/** x̄ from the cotangent of x̂: r (x̂̄ − mean(x̂̄) − x̂ mean(x̂̄ x̂)). */
export function normalizeGradient(g: GraphBuilder, { xHat, r, axes }: Normalized, dxHat: Value): Value {
  const along = g.mul(xHat, meanOver(g, g.mul(dxHat, xHat), axes));
  return g.mul(r, g.sub(g.sub(dxHat, meanOver(g, dxHat, axes)), along));
}

/** (x − mean) / √(variance + ε) over some axes. */
export function standardized(g: GraphBuilder, x: Value, axes: readonly number[], epsilon: number): Value {
  return normalized(g, x, axes, epsilon).xHat;
}

/** 1 / √(mean(x²) + ε) over some axes, which stay with size 1. */
export function inverseRoot(g: GraphBuilder, x: Value, axes: readonly number[], epsilon: number): Value {
  return g.reciprocal(g.sqrt(g.shift(meanOver(g, g.square(x), axes), epsilon)));
}

/** A list [C] shaped to broadcast over x, [N, C, …]. */
export function perChannel(g: GraphBuilder, list: Value, x: Value): Value {
  return g.reshape(list, g.ints([-1, ...ones(Math.max(rankOf(x) - 2, 0))]));
}

export function meanOver(g: GraphBuilder, x: Value, axes: readonly number[]): Value {
  return g.op("ReduceMean", [x, g.ints(axes)], { keepdims: 1 });
}
