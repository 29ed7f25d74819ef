import type { Value } from "@xdeep/onnx";
import { reluRule } from "../../rules/activations/relu.ts";
import type { Lowering } from "../../sweep/lowering.ts";
import type { PullbackContext } from "../../sweep/rule.ts";
import { STEEPEST, hardSigmoid } from "../convolutions/blocked.ts";

/**
 * Whether x, the input of a pool, is what a Relu makes whose rule masks, and no gradient with respect to x itself is asked for. Then ȳ may be
 * masked where the pool's result is 0, at a quarter of the size, and the Relu passes on what comes. Rules that change the Relu in another way than "guided"
 * do, which masks too, take no mask.
 */
export function isRectified({ around }: PullbackContext, x: Value): boolean {
  const node = around.producerOf(x.name);
  const passage = node === null || around.isWanted(x.name) ? null : around.passageOf(node);
  return passage?.rule === reluRule && (passage.modification === "standard" || passage.modification === "guided");
}

/** ȳ of a pool over a rectified x, 0 where the pool's result is. */
export function rectifiedCotangent({ g, output, cotangent }: PullbackContext): Value {
  return g.mul(cotangent(0), hardSigmoid(g, output(0), STEEPEST, 0));
}

/** Relu whose cotangent is known to be 0 wherever its result is: x̄ = ȳ. */
export const maskedBefore: Lowering = {
  name: "masked-before",
  rule: reluRule,
  pullback: function maskedBeforePullback({ output, cotangent, around }) {
    const dy = cotangent(0);
    return around.forms.get(dy.name)?.zeroWith === output(0).name ? [dy] : null;
  },
};
