import type { GradientRule } from "../../sweep/rule.ts";

/** Sum: y = Σᵢ xᵢ;  x̄ᵢ = ȳ. */
export const sumRule: GradientRule = {
  op: "Sum",
  since: [8, 13],
  broadcasts: true,
  pullback: function sumPullback({ cotangent, inputCount }) {
    return Array.from({ length: inputCount }, () => cotangent(0));
  },
};

/** Mean: y = Σᵢ xᵢ / n;  x̄ᵢ = ȳ / n. */
export const meanRule: GradientRule = {
  op: "Mean",
  since: [8, 13],
  broadcasts: true,
  pullback: function meanPullback({ g, cotangent, inputCount }) {
    const share = g.scale(cotangent(0), 1 / inputCount);
    return Array.from({ length: inputCount }, () => share);
  },
};
