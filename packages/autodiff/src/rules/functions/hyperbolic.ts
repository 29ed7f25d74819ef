import type { GradientRule } from "../../sweep/rule.ts";

/** Sinh: y = sinh x;  x̄ = cosh(x) ȳ. */
export const sinhRule: GradientRule = {
  op: "Sinh",
  since: [9, 22],
  pullback: function sinhPullback({ g, input, cotangent }) {
    return [g.mul(cotangent(0), g.op("Cosh", [input(0)]))];
  },
};

/** Cosh: y = cosh x;  x̄ = sinh(x) ȳ. */
export const coshRule: GradientRule = {
  op: "Cosh",
  since: [9, 22],
  pullback: function coshPullback({ g, input, cotangent }) {
    return [g.mul(cotangent(0), g.op("Sinh", [input(0)]))];
  },
};

/** Asinh: y = arsinh x;  x̄ = ȳ / √(x² + 1). */
export const asinhRule: GradientRule = {
  op: "Asinh",
  since: [9, 22],
  pullback: function asinhPullback({ g, input, cotangent }) {
    return [g.div(cotangent(0), g.sqrt(g.shift(g.square(input(0)), 1)))];
  },
};

/** Acosh: y = arcosh x;  x̄ = ȳ / √((x − 1)(x + 1)). */
export const acoshRule: GradientRule = {
  op: "Acosh",
  since: [9, 22],
  pullback: function acoshPullback({ g, input, cotangent }) {
    const x = input(0);
    return [g.div(cotangent(0), g.sqrt(g.mul(g.shift(x, -1), g.shift(x, 1))))];
  },
};

/** Atanh: y = artanh x;  x̄ = ȳ / ((1 − x)(1 + x)). */
export const atanhRule: GradientRule = {
  op: "Atanh",
  since: [9, 22],
  pullback: function atanhPullback({ g, input, cotangent }) {
    const x = input(0);
    return [g.div(cotangent(0), g.mul(g.sub(g.scalar(1, x), x), g.shift(x, 1)))];
  },
};
