import type { Value } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { normalizingRules } from "../composed/normalizing-rules.ts";
import { divRule } from "../arithmetic/div.ts";

/** MeanVarianceNormalization: y = (x − mean) / (deviation + 10⁻⁹) over some axes;  composed. */
export const meanVarianceNormalizationRule: GradientRule = {
  op: "MeanVarianceNormalization",
  since: [9, 13],
  pullback: /* @__PURE__ */ composedPullback([...normalizingRules, divRule], meanVarianceNormalization),
};

function meanVarianceNormalization({ g, attributes, input }: PullbackContext): readonly Value[] {
  const axes = g.ints(attributes.ints("axes", [0, 2, 3]));
  const mean = (x: Value): Value => g.op("ReduceMean", [x, axes], { keepdims: 1 });
  const centred = g.sub(input(0), mean(input(0)));
  return [g.div(centred, g.shift(g.sqrt(mean(g.square(centred))), 1e-9))];
}
