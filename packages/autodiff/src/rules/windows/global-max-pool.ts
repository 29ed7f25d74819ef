import type { GradientRule } from "../../sweep/rule.ts";

/** GlobalMaxPool: y = max of x over space;  x̄ = ȳ at the first position of the maximum, else 0. */
export const globalMaxPoolRule: GradientRule = {
  op: "GlobalMaxPool",
  since: [1, 22],
  pullback: function globalMaxPoolPullback({ g, input, cotangent }) {
    const rows = g.reshape(input(0), g.ints([0, 0, -1]));
    const first = g.op("ArgMax", [rows], { axis: 2, keepdims: 1 });
    const dy = g.reshape(cotangent(0), g.ints([0, 0, -1]));
    return [g.reshapeLike(g.op("ScatterElements", [g.zerosLike(rows), first, dy], { axis: 2 }), input(0))];
  },
};
