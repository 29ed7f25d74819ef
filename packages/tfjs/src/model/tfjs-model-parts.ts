import type { ValueInfo } from "@xdeep/core";

import type { ChosenEngine } from "../engine/choose-engine.ts";
import type { FilterCache } from "../formulas/filter-cache.ts";
import type { RuleSet } from "../gradients/rule-set.ts";
import type { Network } from "../networks/network.ts";
import type { Trial } from "./try-network.ts";

/** What a model is made of. */
export interface TfjsModelParts {
  readonly network: Network;
  readonly engine: ChosenEngine;
  /** As callers see them: the batch axis open. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** The batch size that the model fixes; null where any goes. */
  readonly fixedBatch: number | null;
  /** What keeps rows from being explained together; null where nothing does. */
  readonly mixing: string | null;
  readonly trial: Trial;
  readonly rules: RuleSet;
  readonly cache: FilterCache;
}
