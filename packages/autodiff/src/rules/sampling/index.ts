import type { GradientRule } from "../../sweep/rule.ts";
import { affineGridRule } from "./affine-grid.ts";
import { gridSampleRule } from "./grid-sample.ts";
import { resizeRule } from "./resize.ts";
import { roiAlignRule } from "./roi-align.ts";

export const samplingRules: readonly GradientRule[] = [affineGridRule, gridSampleRule, resizeRule, roiAlignRule];
