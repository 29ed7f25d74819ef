import type { GradientRule } from "../../sweep/rule.ts";
import { centerCropPadRule } from "./center-crop-pad.ts";
import { concatRule } from "./concat.ts";
import { depthToSpaceRule, spaceToDepthRule } from "./depth-to-space.ts";
import { expandRule } from "./expand.ts";
import { flattenRule } from "./flatten.ts";
import { padRule } from "./pad.ts";
import { reshapeRule } from "./reshape.ts";
import { reverseSequenceRule } from "./reverse-sequence.ts";
import { sliceRule } from "./slice.ts";
import { splitRule } from "./split.ts";
import { squeezeRule, unsqueezeRule } from "./squeeze.ts";
import { tileRule } from "./tile.ts";
import { transposeRule } from "./transpose.ts";

export const layoutRules: readonly GradientRule[] = [
  centerCropPadRule,
  concatRule,
  depthToSpaceRule,
  expandRule,
  flattenRule,
  padRule,
  reshapeRule,
  reverseSequenceRule,
  sliceRule,
  spaceToDepthRule,
  splitRule,
  squeezeRule,
  tileRule,
  transposeRule,
  unsqueezeRule,
];
