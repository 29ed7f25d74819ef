import type { GradientRule } from "../sweep/rule.ts";
import { type RuleSet, ruleSet } from "../sweep/rule-set.ts";
import { activationRules } from "./activations/index.ts";
import { arithmeticRules } from "./arithmetic/index.ts";
import { controlFlowRules } from "./control-flow/index.ts";
import { functionRules } from "./functions/index.ts";
import { identityRules } from "./identities/index.ts";
import { layoutRules } from "./layout/index.ts";
import { normalizationRules } from "./normalization/index.ts";
import { productRules } from "./products/index.ts";
import { recurrenceRules } from "./recurrence/index.ts";
import { reductionRules } from "./reductions/index.ts";
import { samplingRules } from "./sampling/index.ts";
import { selectionRules } from "./selection/index.ts";
import { windowRules } from "./windows/index.ts";

/** Every rule of xdeep, by family. */
export const builtinRuleList: readonly GradientRule[] = [
  ...activationRules,
  ...arithmeticRules,
  ...controlFlowRules,
  ...functionRules,
  ...identityRules,
  ...layoutRules,
  ...normalizationRules,
  ...productRules,
  ...recurrenceRules,
  ...reductionRules,
  ...samplingRules,
  ...selectionRules,
  ...windowRules,
];

export const builtinRules: RuleSet = /* @__PURE__ */ ruleSet(builtinRuleList);
