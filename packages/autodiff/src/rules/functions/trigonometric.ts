import type { GradientRule } from "../../sweep/rule.ts";

/** Sin: y = sin x;  x̄ = cos(x) ȳ. */
export const sinRule: GradientRule = {
  op: "Sin",
  since: [7, 22],
  pullback: function sinPullback({ g, input, cotangent }) {
    return [g.mul(cotangent(0), g.op("Cos", [input(0)]))];
  },
};

/** Cos: y = cos x;  x̄ = −sin(x) ȳ. */
export const cosRule: GradientRule = {
  op: "Cos",
  since: [7, 22],
  pullback: function cosPullback({ g, input, cotangent }) {
    return [g.neg(g.mul(cotangent(0), g.op("Sin", [input(0)])))];
  },
};

/** Tan: y = tan x;  x̄ = (1 + y²) ȳ. */
export const tanRule: GradientRule = {
  op: "Tan",
  since: [7, 22],
  pullback: function tanPullback({ g, output, cotangent }) {
    return [g.mul(cotangent(0), g.shift(g.square(output(0)), 1))];
  },
};

/** Asin: y = arcsin x;  x̄ = ȳ / √((1 − x)(1 + x)). */
export const asinRule: GradientRule = {
  op: "Asin",
  since: [7, 22],
  pullback: function asinPullback({ g, input, cotangent }) {
    const x = input(0);
    return [g.div(cotangent(0), g.sqrt(g.mul(g.sub(g.scalar(1, x), x), g.shift(x, 1))))];
  },
};

/** Acos: y = arccos x;  x̄ = −ȳ / √((1 − x)(1 + x)). */
export const acosRule: GradientRule = {
  op: "Acos",
  since: [7, 22],
  pullback: function acosPullback({ g, input, cotangent }) {
    const x = input(0);
    return [g.neg(g.div(cotangent(0), g.sqrt(g.mul(g.sub(g.scalar(1, x), x), g.shift(x, 1)))))];
  },
};

/** Atan: y = arctan x;  x̄ = ȳ / (1 + x²). */
export const atanRule: GradientRule = {
  op: "Atan",
  since: [7, 22],
  pullback: function atanPullback({ g, input, cotangent }) {
    return [g.div(cotangent(0), g.shift(g.square(input(0)), 1))];
  },
};
