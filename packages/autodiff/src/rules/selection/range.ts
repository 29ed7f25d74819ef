import type { Value } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";

/** Range: yᵢ = start + i · delta;  s̄tart = Σ ȳ, d̄elta = Σ i ȳᵢ. The limit only sets how many there are: 0. */
export const rangeRule: GradientRule = {
  op: "Range",
  since: [11, 27],
  pullback: function rangePullback({ g, input, cotangent, wants }) {
    const dy = cotangent(0);
    const count = g.squeeze(g.dimOf(dy, 0), [0]);
    const positions = g.castLike(g.op("Range", [g.int(0), count, g.int(1)]), dy);
    const sum = (value: Value, i: number): Value => g.reshapeLike(g.op("ReduceSum", [value], { keepdims: 0 }), input(i));
    return [sum(dy, 0), wants(1) ? g.zerosLike(input(1)) : null, sum(g.mul(dy, positions), 2)];
  },
};
