import type { GradientRule } from "../rule.ts";
import { type RuleSet, ruleSet } from "../rule-set.ts";
import { addRule } from "./add.ts";
import { matMulRule } from "./matmul.ts";
import { mulRule } from "./mul.ts";
import { reluRule } from "./relu.ts";

/** Every rule of xdeep, by operator. */
export const builtinRuleList: readonly GradientRule[] = [addRule, matMulRule, mulRule, reluRule];

export const builtinRules: RuleSet = /* @__PURE__ */ ruleSet(builtinRuleList);
