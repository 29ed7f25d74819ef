import type { GradientRule } from "../../sweep/rule.ts";
import { erfRule } from "./erf.ts";
import { expRule } from "./exp.ts";
import { acoshRule, asinhRule, atanhRule, coshRule, sinhRule } from "./hyperbolic.ts";
import { logRule } from "./log.ts";
import { acosRule, asinRule, atanRule, cosRule, sinRule, tanRule } from "./trigonometric.ts";

export const functionRules: readonly GradientRule[] = [
  acoshRule,
  acosRule,
  asinhRule,
  asinRule,
  atanhRule,
  atanRule,
  coshRule,
  cosRule,
  erfRule,
  expRule,
  logRule,
  sinhRule,
  sinRule,
  tanRule,
];
