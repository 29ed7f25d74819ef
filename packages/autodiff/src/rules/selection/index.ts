import type { GradientRule } from "../../sweep/rule.ts";
import { compressRule } from "./compress.ts";
import { gatherRule } from "./gather.ts";
import { gatherElementsRule } from "./gather-elements.ts";
import { gatherNdRule } from "./gather-nd.ts";
import { oneHotRule } from "./one-hot.ts";
import { rangeRule } from "./range.ts";
import { scatterElementsRule } from "./scatter-elements.ts";
import { scatterNdRule } from "./scatter-nd.ts";
import { tensorScatterRule } from "./tensor-scatter.ts";
import { topKRule } from "./top-k.ts";
import { triluRule } from "./trilu.ts";

export const selectionRules: readonly GradientRule[] = [
  compressRule,
  gatherElementsRule,
  gatherNdRule,
  gatherRule,
  oneHotRule,
  rangeRule,
  scatterElementsRule,
  scatterNdRule,
  tensorScatterRule,
  topKRule,
  triluRule,
];
