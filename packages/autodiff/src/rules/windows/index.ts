import type { GradientRule } from "../../sweep/rule.ts";
import { averagePoolRule } from "./average-pool.ts";
import { col2ImRule } from "./col2im.ts";
import { convRule } from "./conv.ts";
import { convTransposeRule } from "./conv-transpose.ts";
import { deformConvRule } from "./deform-conv.ts";
import { globalAveragePoolRule } from "./global-average-pool.ts";
import { globalMaxPoolRule } from "./global-max-pool.ts";
import { globalLpPoolRule, lpPoolRule } from "./lp-pool.ts";
import { maxPoolRule } from "./max-pool.ts";
import { maxUnpoolRule } from "./max-unpool.ts";

export const windowRules: readonly GradientRule[] = [
  averagePoolRule,
  col2ImRule,
  convRule,
  convTransposeRule,
  deformConvRule,
  globalAveragePoolRule,
  globalLpPoolRule,
  globalMaxPoolRule,
  lpPoolRule,
  maxPoolRule,
  maxUnpoolRule,
];
