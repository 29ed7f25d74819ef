import type { GradientRule } from "../rule.ts";
import { type RuleSet, ruleSet } from "../rule-set.ts";
import { absRule } from "./abs.ts";
import { addRule } from "./add.ts";
import { averagePoolRule } from "./average-pool.ts";
import { batchNormalizationRule } from "./batch-normalization.ts";
import { clipRule } from "./clip.ts";
import { concatRule } from "./concat.ts";
import { convTransposeRule } from "./conv-transpose.ts";
import { convRule } from "./conv.ts";
import { divRule } from "./div.ts";
import { dropoutRule } from "./dropout.ts";
import { celuRule, eluRule, seluRule } from "./elu.ts";
import { erfRule } from "./erf.ts";
import { expRule } from "./exp.ts";
import { flattenRule } from "./flatten.ts";
import { geluRule } from "./gelu.ts";
import { gemmRule } from "./gemm.ts";
import { globalAveragePoolRule } from "./global-average-pool.ts";
import { globalMaxPoolRule } from "./global-max-pool.ts";
import { hardSigmoidRule } from "./hard-sigmoid.ts";
import { hardSwishRule } from "./hard-swish.ts";
import { acoshRule, asinhRule, atanhRule, coshRule, sinhRule } from "./hyperbolic.ts";
import { identityRule } from "./identity.ts";
import { instanceNormalizationRule } from "./instance-normalization.ts";
import { layerNormalizationRule } from "./layer-normalization.ts";
import { leakyReluRule } from "./leaky-relu.ts";
import { logRule } from "./log.ts";
import { lrnRule } from "./lrn.ts";
import { matMulRule } from "./matmul.ts";
import { maxPoolRule } from "./max-pool.ts";
import { mishRule } from "./mish.ts";
import { mulRule } from "./mul.ts";
import { negRule } from "./neg.ts";
import { powRule } from "./pow.ts";
import { preluRule } from "./prelu.ts";
import { reciprocalRule } from "./reciprocal.ts";
import { reluRule } from "./relu.ts";
import { reshapeRule } from "./reshape.ts";
import { shrinkRule } from "./shrink.ts";
import { sigmoidRule } from "./sigmoid.ts";
import { logSoftmaxRule, softmaxRule } from "./softmax.ts";
import { softplusRule } from "./softplus.ts";
import { softsignRule } from "./softsign.ts";
import { sqrtRule } from "./sqrt.ts";
import { subRule } from "./sub.ts";
import { swishRule } from "./swish.ts";
import { tanhRule } from "./tanh.ts";
import { thresholdedReluRule } from "./thresholded-relu.ts";
import { acosRule, asinRule, atanRule, cosRule, sinRule, tanRule } from "./trigonometric.ts";

/** Every rule of xdeep, by operator. */
export const builtinRuleList: readonly GradientRule[] = [
  absRule,
  acoshRule,
  acosRule,
  addRule,
  asinhRule,
  asinRule,
  atanhRule,
  atanRule,
  averagePoolRule,
  batchNormalizationRule,
  celuRule,
  clipRule,
  concatRule,
  convRule,
  convTransposeRule,
  coshRule,
  cosRule,
  divRule,
  dropoutRule,
  eluRule,
  erfRule,
  expRule,
  flattenRule,
  geluRule,
  gemmRule,
  globalAveragePoolRule,
  globalMaxPoolRule,
  hardSigmoidRule,
  hardSwishRule,
  identityRule,
  instanceNormalizationRule,
  layerNormalizationRule,
  leakyReluRule,
  logRule,
  logSoftmaxRule,
  lrnRule,
  matMulRule,
  maxPoolRule,
  mishRule,
  mulRule,
  negRule,
  powRule,
  preluRule,
  reciprocalRule,
  reluRule,
  reshapeRule,
  seluRule,
  shrinkRule,
  sigmoidRule,
  sinhRule,
  sinRule,
  softmaxRule,
  softplusRule,
  softsignRule,
  sqrtRule,
  subRule,
  swishRule,
  tanhRule,
  tanRule,
  thresholdedReluRule,
];

export const builtinRules: RuleSet = /* @__PURE__ */ ruleSet(builtinRuleList);
