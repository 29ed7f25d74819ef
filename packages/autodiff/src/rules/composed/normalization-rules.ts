import type { GradientRule } from "../../sweep/rule.ts";
import { addRule } from "../add.ts";
import { mulRule } from "../mul.ts";
import { reciprocalRule } from "../reciprocal.ts";
import { reduceMeanRule } from "../reduce-sum.ts";
import { sqrtRule } from "../sqrt.ts";
import { subRule } from "../sub.ts";

/** The rules that normalisations over axes are composed of. */
export const normalizationRules: readonly GradientRule[] = [addRule, mulRule, reciprocalRule, reduceMeanRule, sqrtRule, subRule];
