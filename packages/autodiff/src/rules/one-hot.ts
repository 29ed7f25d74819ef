import type { GradientRule } from "../rule.ts";

/** OneHot: y = on where the index is, else off, values = [off, on];  v̄alues = [Σ ȳ off the index, Σ ȳ at the index]. Indices and depth have none. */
export const oneHotRule: GradientRule = {
  op: "OneHot",
  since: [9, 11],
  pullback: function oneHotPullback({ g, attributes, input, cotangent }) {
    const dy = cotangent(0);
    const values = g.concat([g.reshape(g.scalar(0, dy), g.ints([1])), g.reshape(g.scalar(1, dy), g.ints([1]))], 0);
    const mask = g.op("OneHot", [input(0), input(1), values], { axis: attributes.int("axis", -1) });
    const at = g.op("ReduceSum", [g.mul(dy, mask)], { keepdims: 0 });
    const all = g.op("ReduceSum", [dy], { keepdims: 0 });
    return [null, null, g.concat([g.sub(all, at), at].map((sum) => g.reshape(sum, g.ints([1]))), 0)];
  },
};
