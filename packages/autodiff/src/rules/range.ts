import type { GradientRule } from "../rule.ts";

/** Range: yᵢ = start + i · delta;  s̄tart = Σ ȳ, d̄elta = Σ i ȳᵢ. The limit only sets how many there are. */
export const rangeRule: GradientRule = {
  op: "Range",
  since: [11],
  pullback: function rangePullback({ g, input, cotangent }) {
    const dy = cotangent(0);
    const count = g.squeeze(g.dimOf(dy, 0), [0]);
    const positions = g.castLike(g.op("Range", [g.int(0), count, g.int(1)]), dy);
    return [g.op("ReduceSum", [dy], { keepdims: 0 }), null, g.op("ReduceSum", [g.mul(dy, positions)], { keepdims: 0 })].map((sum, i) => (sum === null ? null : g.reshapeLike(sum, input(i))));
  },
};
