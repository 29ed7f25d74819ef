import type { Value } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { divRule } from "../arithmetic/div.ts";
import { reduceL1Rule, reduceL2Rule } from "../reductions/reduce-norm.ts";
import { whereRule } from "../arithmetic/where.ts";

/**
 * LpNormalization: y = x / ‖x‖ₚ along an axis, p = 1 or 2;  composed.
 *
 * Where the norm is 0, y is 0 and nothing passes.
 */
export const lpNormalizationRule: GradientRule = {
  op: "LpNormalization",
  since: [1, 22],
  pullback: /* @__PURE__ */ composedPullback([divRule, reduceL1Rule, reduceL2Rule, whereRule], lpNormalization),
};

function lpNormalization({ g, attributes, input }: PullbackContext): readonly Value[] {
  const x = input(0);
  const norm = g.op(attributes.int("p", 2) === 1 ? "ReduceL1" : "ReduceL2", [x, g.ints([attributes.int("axis", -1)])], { keepdims: 1 });
  const vanishes = g.equal(norm, g.scalar(0, norm));
  return [g.where(vanishes, g.scalar(0, x), g.div(x, g.where(vanishes, g.scalar(1, norm), norm)))];
}
