import type { GraphBuilder, Value } from "@xdeep/onnx";

/** dy/dx of y = x Φ(x), Φ the normal distribution function: Φ(x) + x e^(−x²/2) / √2π. */
export function geluSlope(g: GraphBuilder, x: Value): Value {
  const distribution = g.scale(g.shift(g.op("Erf", [g.scale(x, Math.SQRT1_2)]), 1), 0.5);
  const density = g.scale(g.exp(g.scale(g.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return g.add(distribution, g.mul(x, density));
}

/** dy/dx of y = x (1 + tanh u) / 2 with u = √(2/π) (x + 0.044715 x³) (Hendrycks and Gimpel 2016, arXiv:1606.08415): (1 + t + x (1 − t²) u′) / 2. */
export function geluTanhSlope(g: GraphBuilder, x: Value): Value {
  const factor = Math.sqrt(2 / Math.PI);
  const square = g.square(x);
  const t = g.tanh(g.mul(g.scale(x, factor), g.shift(g.scale(square, 0.044715), 1)));
  const inner = g.scale(g.shift(g.scale(square, 3 * 0.044715), 1), factor);
  const bend = g.mul(g.mul(x, inner), g.sub(g.scalar(1, x), g.square(t)));
  return g.scale(g.shift(g.add(t, bend), 1), 0.5);
}
