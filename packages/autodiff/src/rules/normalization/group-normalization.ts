import type { Value } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { perChannel, standardized } from "../../formulas/normalize.ts";
import { normalizingRules } from "../composed/normalizing-rules.ts";
import { reshapeRule } from "../layout/reshape.ts";

/**
 * GroupNormalization: y = x̂ · scale + bias, x̂ = (x − mean) / √(variance + ε) over each group of channels and all of space;  composed.
 *
 * Since opset 21 scale and bias have an entry for each channel, before for each group.
 */
export const groupNormalizationRule: GradientRule = {
  op: "GroupNormalization",
  since: [18, 21],
  pullback: /* @__PURE__ */ composedPullback([...normalizingRules, reshapeRule], groupNormalization),
};

function groupNormalization({ g, attributes, opset, input }: PullbackContext): readonly Value[] {
  const [x, scale, bias] = [input(0), input(1), input(2)];
  const groups = g.reshape(x, g.ints([0, attributes.int("num_groups", 1), -1]));
  const xHat = standardized(g, groups, [2], attributes.float("epsilon", Math.fround(1e-5)));
  if (opset < 21) return [g.reshapeLike(g.add(g.mul(xHat, g.reshape(scale, g.ints([-1, 1]))), g.reshape(bias, g.ints([-1, 1]))), x)];
  return [g.add(g.mul(g.reshapeLike(xHat, x), perChannel(g, scale, x)), perChannel(g, bias, x))];
}
