import type { Value } from "@xdeep/onnx";
import { spatialAxes } from "../../formulas/windows/conv-geometry.ts";
import { normalizeGradient, normalized, perChannel } from "../../formulas/normalize.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/** InstanceNormalization: y = x̂ · scale + bias per channel, x̂ normalised over space;  x̄ as in normalize-gradient.ts, s̄cale = Σ ȳ x̂, b̄ias = Σ ȳ. */
export const instanceNormalizationRule: GradientRule = {
  op: "InstanceNormalization",
  since: [6, 22],
  pullback: function instanceNormalizationPullback({ g, attributes, input, cotangent }) {
    const x = input(0);
    const axes = spatialAxes(x);
    const norm = normalized(g, x, axes, attributes.float("epsilon", 1e-5));
    const dy = cotangent(0);
    const overAll = (value: Value): Value => g.reduceSum(value, [0, ...axes], false);
    return [normalizeGradient(g, norm, g.mul(dy, perChannel(g, input(1), x))), overAll(g.mul(dy, norm.xHat)), overAll(dy)];
  },
};
