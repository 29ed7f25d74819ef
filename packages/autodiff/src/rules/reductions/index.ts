import type { GradientRule } from "../../sweep/rule.ts";
import { cumProdRule } from "./cum-prod.ts";
import { cumSumRule } from "./cum-sum.ts";
import { negativeLogLikelihoodLossRule } from "./negative-log-likelihood-loss.ts";
import { reduceLogSumExpRule, reduceLogSumRule } from "./reduce-log-sum.ts";
import { reduceMaxRule, reduceMinRule } from "./reduce-max.ts";
import { reduceL1Rule, reduceL2Rule, reduceSumSquareRule } from "./reduce-norm.ts";
import { reduceProdRule } from "./reduce-prod.ts";
import { reduceMeanRule, reduceSumRule } from "./reduce-sum.ts";
import { softmaxCrossEntropyLossRule } from "./softmax-cross-entropy-loss.ts";

export const reductionRules: readonly GradientRule[] = [
  cumProdRule,
  cumSumRule,
  negativeLogLikelihoodLossRule,
  reduceL1Rule,
  reduceL2Rule,
  reduceLogSumExpRule,
  reduceLogSumRule,
  reduceMaxRule,
  reduceMeanRule,
  reduceMinRule,
  reduceProdRule,
  reduceSumRule,
  reduceSumSquareRule,
  softmaxCrossEntropyLossRule,
];
