import type { GraphBuilder, Value } from "@xdeep/onnx";

/** x̂ = (x − mean) · r over some axes, and r = 1 / √(variance + ε). */
export interface Normalized {
  readonly xHat: Value;
  readonly r: Value;
  readonly axes: readonly number[];
}

/** Normalises again, as the forward operator did; the engine shares what is equal. */
export function normalized(g: GraphBuilder, x: Value, axes: readonly number[], epsilon: number): Normalized {
  const centred = g.sub(x, meanOver(g, x, axes));
  const variance = meanOver(g, g.square(centred), axes);
  const r = g.reciprocal(g.sqrt(g.shift(variance, epsilon)));
  return { xHat: g.mul(centred, r), r, axes };
}

/** x̄ from the cotangent of x̂: r (x̂̄ − mean(x̂̄) − x̂ mean(x̂̄ x̂)). */
export function normalizeGradient(g: GraphBuilder, { xHat, r, axes }: Normalized, dxHat: Value): Value {
  const along = g.mul(xHat, meanOver(g, g.mul(dxHat, xHat), axes));
  return g.mul(r, g.sub(g.sub(dxHat, meanOver(g, dxHat, axes)), along));
}

export function meanOver(g: GraphBuilder, x: Value, axes: readonly number[]): Value {
  return g.op("ReduceMean", [x, g.ints(axes)], { keepdims: 1 });
}
