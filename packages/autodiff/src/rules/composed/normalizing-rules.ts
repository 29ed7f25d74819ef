import type { GradientRule } from "../../sweep/rule.ts";
import { addRule } from "../arithmetic/add.ts";
import { mulRule } from "../arithmetic/mul.ts";
import { reciprocalRule } from "../arithmetic/reciprocal.ts";
import { reduceMeanRule } from "../reductions/reduce-sum.ts";
import { sqrtRule } from "../arithmetic/sqrt.ts";
import { subRule } from "../arithmetic/sub.ts";

/** The rules that normalisations over axes are composed of. */
export const normalizingRules: readonly GradientRule[] = [addRule, mulRule, reciprocalRule, reduceMeanRule, sqrtRule, subRule];
