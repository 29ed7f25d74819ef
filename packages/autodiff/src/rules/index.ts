import type { GradientRule } from "../rule.ts";
import { type RuleSet, ruleSet } from "../rule-set.ts";
import { addRule } from "./add.ts";
import { averagePoolRule } from "./average-pool.ts";
import { batchNormalizationRule } from "./batch-normalization.ts";
import { convTransposeRule } from "./conv-transpose.ts";
import { convRule } from "./conv.ts";
import { gemmRule } from "./gemm.ts";
import { globalAveragePoolRule } from "./global-average-pool.ts";
import { globalMaxPoolRule } from "./global-max-pool.ts";
import { instanceNormalizationRule } from "./instance-normalization.ts";
import { layerNormalizationRule } from "./layer-normalization.ts";
import { lrnRule } from "./lrn.ts";
import { matMulRule } from "./matmul.ts";
import { maxPoolRule } from "./max-pool.ts";
import { mulRule } from "./mul.ts";
import { reluRule } from "./relu.ts";
import { logSoftmaxRule, softmaxRule } from "./softmax.ts";

/** Every rule of xdeep, by operator. */
export const builtinRuleList: readonly GradientRule[] = [
  addRule,
  averagePoolRule,
  batchNormalizationRule,
  convRule,
  convTransposeRule,
  gemmRule,
  globalAveragePoolRule,
  globalMaxPoolRule,
  instanceNormalizationRule,
  layerNormalizationRule,
  logSoftmaxRule,
  lrnRule,
  matMulRule,
  maxPoolRule,
  mulRule,
  reluRule,
  softmaxRule,
];

export const builtinRules: RuleSet = /* @__PURE__ */ ruleSet(builtinRuleList);
