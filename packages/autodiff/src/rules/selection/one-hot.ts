import type { Value } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";

/** OneHot: y = on where the index is, else off, values = [off, on];  v̄alues = [Σ ȳ off the index, Σ ȳ at the index]. Indices and depth move in steps: 0. */
export const oneHotRule: GradientRule = {
  op: "OneHot",
  since: [9, 11, 28],
  pullback: function oneHotPullback({ g, attributes, input, cotangent, wants }) {
    const dy = cotangent(0);
    const values = g.concat([g.reshape(g.scalar(0, dy), g.ints([1])), g.reshape(g.scalar(1, dy), g.ints([1]))], 0);
    const mask = g.op("OneHot", [input(0), input(1), values], { axis: attributes.int("axis", -1) });
    const at = g.op("ReduceSum", [g.mul(dy, mask)], { keepdims: 0 });
    const all = g.op("ReduceSum", [dy], { keepdims: 0 });
    const still = (i: number): Value | null => (wants(i) ? g.zerosLike(input(i)) : null);
    return [
      still(0),
      still(1),
      g.concat(
        [g.sub(all, at), at].map((sum) => g.reshape(sum, g.ints([1]))),
        0,
      ),
    ];
  },
};
