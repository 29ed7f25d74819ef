import type { GradientRule } from "../../sweep/rule.ts";
import { ifRule } from "./if.ts";
import { loopRule } from "./loop.ts";
import { scanRule } from "./scan.ts";

export const controlFlowRules: readonly GradientRule[] = [ifRule, loopRule, scanRule];
