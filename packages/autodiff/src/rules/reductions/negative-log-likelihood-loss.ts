import { composedPullback } from "../../sweep/composed-pullback.ts";
import { likelihoodLoss, likelihoodLossRules } from "../composed/likelihood-loss.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/** NegativeLogLikelihoodLoss: y = −weight[label] · x[label], summed or averaged on request;  composed. */
export const negativeLogLikelihoodLossRule: GradientRule = {
  op: "NegativeLogLikelihoodLoss",
  since: [12, 13, 22],
  pullback: /* @__PURE__ */ composedPullback(likelihoodLossRules, function negativeLogLikelihoodLoss(context) {
    return [likelihoodLoss(context, context.input(0))];
  }),
};
