import type { GradientRule } from "../../sweep/rule.ts";
import { celuRule, eluRule, seluRule } from "./elu.ts";
import { geluRule } from "./gelu.ts";
import { hardSigmoidRule } from "./hard-sigmoid.ts";
import { hardSwishRule } from "./hard-swish.ts";
import { leakyReluRule } from "./leaky-relu.ts";
import { biasGeluRule, fastGeluRule, microsoftGeluRule, quickGeluRule } from "./microsoft-gelu.ts";
import { mishRule } from "./mish.ts";
import { preluRule } from "./prelu.ts";
import { reluRule } from "./relu.ts";
import { shrinkRule } from "./shrink.ts";
import { sigmoidRule } from "./sigmoid.ts";
import { logSoftmaxRule, softmaxRule } from "./softmax.ts";
import { softplusRule } from "./softplus.ts";
import { softsignRule } from "./softsign.ts";
import { swishRule } from "./swish.ts";
import { tanhRule } from "./tanh.ts";
import { thresholdedReluRule } from "./thresholded-relu.ts";

export const activationRules: readonly GradientRule[] = [
  biasGeluRule,
  celuRule,
  eluRule,
  fastGeluRule,
  geluRule,
  hardSigmoidRule,
  hardSwishRule,
  leakyReluRule,
  logSoftmaxRule,
  microsoftGeluRule,
  mishRule,
  preluRule,
  quickGeluRule,
  reluRule,
  seluRule,
  shrinkRule,
  sigmoidRule,
  softmaxRule,
  softplusRule,
  softsignRule,
  swishRule,
  tanhRule,
  thresholdedReluRule,
];
