import { composedPullback } from "../../sweep/composed-pullback.ts";
import { likelihoodLoss, likelihoodLossRules } from "../composed/likelihood-loss.ts";
import type { GradientRule } from "../../sweep/rule.ts";
import { logSoftmaxRule } from "../activations/softmax.ts";

/** SoftmaxCrossEntropyLoss: y = −weight[label] · log softmax(x)[label], summed or averaged on request;  composed. The second output is log softmax(x). */
export const softmaxCrossEntropyLossRule: GradientRule = {
  op: "SoftmaxCrossEntropyLoss",
  since: [12, 13],
  pullback: /* @__PURE__ */ composedPullback([...likelihoodLossRules, logSoftmaxRule], function softmaxCrossEntropyLoss(context) {
    const logProbabilities = context.g.op("LogSoftmax", [context.input(0)], { axis: 1 });
    return [likelihoodLoss(context, logProbabilities), logProbabilities];
  }),
};
