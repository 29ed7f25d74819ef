import type { BackwardRule } from "../sweep/backward-rule.ts";
import { rectifierRules } from "../sweep/rectifiers/rectifier.ts";
import { deepLiftRule } from "./deeplift/deeplift.ts";
import { attnLrpRule, cpLrpRule, lrpEpsilonRule, lrpRule } from "./lrp/lrp.ts";

/** Every backward rule of xdeep. */
export const backwardRules: readonly BackwardRule[] = [...rectifierRules, deepLiftRule, lrpRule, lrpEpsilonRule, attnLrpRule, cpLrpRule];
