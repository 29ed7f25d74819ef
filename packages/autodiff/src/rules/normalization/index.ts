import type { GradientRule } from "../../sweep/rule.ts";
import { batchNormalizationRule } from "./batch-normalization.ts";
import { groupNormalizationRule } from "./group-normalization.ts";
import { instanceNormalizationRule } from "./instance-normalization.ts";
import { layerNormalizationRule } from "./layer-normalization.ts";
import { lpNormalizationRule } from "./lp-normalization.ts";
import { lrnRule } from "./lrn.ts";
import { meanVarianceNormalizationRule } from "./mean-variance-normalization.ts";
import { rmsNormalizationRule, simplifiedLayerNormalizationRule } from "./rms-normalization.ts";
import { skipLayerNormalizationRule, skipSimplifiedLayerNormalizationRule } from "./skip-layer-normalization.ts";

export const normalizationRules: readonly GradientRule[] = [
  batchNormalizationRule,
  groupNormalizationRule,
  instanceNormalizationRule,
  layerNormalizationRule,
  lpNormalizationRule,
  lrnRule,
  meanVarianceNormalizationRule,
  rmsNormalizationRule,
  simplifiedLayerNormalizationRule,
  skipLayerNormalizationRule,
  skipSimplifiedLayerNormalizationRule,
];
