import type { GradientRule } from "../../sweep/rule.ts";
import { absRule } from "./abs.ts";
import { addRule } from "./add.ts";
import { clipRule } from "./clip.ts";
import { divRule } from "./div.ts";
import { maxRule, minRule } from "./max.ts";
import { modRule } from "./mod.ts";
import { mulRule } from "./mul.ts";
import { negRule } from "./neg.ts";
import { powRule } from "./pow.ts";
import { reciprocalRule } from "./reciprocal.ts";
import { sqrtRule } from "./sqrt.ts";
import { subRule } from "./sub.ts";
import { meanRule, sumRule } from "./sum.ts";
import { whereRule } from "./where.ts";

export const arithmeticRules: readonly GradientRule[] = [
  absRule,
  addRule,
  clipRule,
  divRule,
  maxRule,
  meanRule,
  minRule,
  modRule,
  mulRule,
  negRule,
  powRule,
  reciprocalRule,
  sqrtRule,
  subRule,
  sumRule,
  whereRule,
];
