import type { BackwardRule } from "../sweep/backward-rule.ts";
import { rectifierRules } from "../sweep/rectifier.ts";
import { deepLiftRule } from "./deeplift/deeplift.ts";

/** Every backward rule of xdeep. */
export const backwardRules: readonly BackwardRule[] = [...rectifierRules, deepLiftRule];
