import type { GradientRule } from "../../sweep/rule.ts";
import { castLikeRule, castRule } from "./cast.ts";
import { dropoutRule } from "./dropout.ts";
import { identityRule } from "./identity.ts";
import { dequantizeLinearRule, quantizeLinearRule } from "./quantize-linear.ts";

export const identityRules: readonly GradientRule[] = [castLikeRule, castRule, dequantizeLinearRule, dropoutRule, identityRule, quantizeLinearRule];
