import { type Value, rankOf } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import type { GradientRule, Pullback, PullbackContext } from "../../sweep/rule.ts";
import { inverseRoot } from "../../formulas/normalize.ts";
import { normalizingRules } from "../composed/normalizing-rules.ts";

/** RMSNormalization: y = x r · scale, r = 1 / √(mean(x²) + ε) over the axes from `axis` on;  composed. */
export const rmsNormalizationRule: GradientRule = { op: "RMSNormalization", since: [23], pullback: /* @__PURE__ */ rmsPullback() };

/** SimplifiedLayerNormalization, ONNX Runtime's RMSNormalization, with r as second output;  composed. */
export const simplifiedLayerNormalizationRule: GradientRule = { op: "SimplifiedLayerNormalization", since: [1], pullback: /* @__PURE__ */ rmsPullback() };

function rmsPullback(): Pullback {
  return composedPullback(normalizingRules, rmsNormalization);
}

function rmsNormalization({ g, attributes, input }: PullbackContext): readonly Value[] {
  const x = input(0);
  const rank = rankOf(x);
  const first = (attributes.int("axis", -1) + rank) % rank;
  const r = inverseRoot(
    g,
    x,
    Array.from({ length: rank - first }, (_, i) => first + i),
    attributes.float("epsilon", Math.fround(1e-5)),
  );
  return [g.mul(g.mul(x, r), input(1)), r];
}
