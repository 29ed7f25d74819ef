import { isFloatType } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";

/** Cast to a float type: y = x;  x̄ = ȳ in the type of x, or as it is where x are integers that stand for real numbers (see QuantizeLinear). */
export const castRule: GradientRule = {
  op: "Cast",
  since: [13, 19, 21, 23, 24, 25, 28],
  pullback: function castPullback({ g, input, cotangent }) {
    return [isFloatType(input(0).facts.type) ? g.castLike(cotangent(0), input(0)) : cotangent(0)];
  },
};

/** CastLike between float types: y = x in the type of the second input, whose elements do not count;  x̄ = ȳ in the type of x. */
export const castLikeRule: GradientRule = {
  op: "CastLike",
  since: [15, 19, 21, 23, 24, 25, 28],
  pullback: function castLikePullback({ g, input, cotangent, wants }) {
    return [g.castLike(cotangent(0), input(0)), wants(1) ? g.zerosLike(input(1)) : null];
  },
};
