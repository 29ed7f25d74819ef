import { readsScores } from "@xdeep/core/method";
import type { Point } from "@xdeep/core/method";

import type { Quadrature } from "./quadrature.ts";
import { rowPath } from "./row-path.ts";
import type { IntegratedRow, Integration } from "./row-path.ts";
import { sumRule } from "./sum-rule.ts";

/** Integrates over the paths of one row by a rule that was asked for. */
export async function integrateFixed(integration: Integration, row: number, baselines: readonly Point[], rule: Quadrature): Promise<IntegratedRow> {
  const { multiplyByInputs, endpoint, options } = integration;
  const path = rowPath(integration, row, baselines);
  const difference = multiplyByInputs && readsScores(options) ? endpoint.scores[row]! - (await path.baselineScore()) : null;
  const { values, integral, provenance } = await sumRule(path, rule.nodes, rule.weights, multiplyByInputs);
  return {
    values: path.values(values),
    delta: difference === null ? null : integral - difference,
    difference,
    tolerance: null,
    stands: false,
    steps: rule.nodes.length,
    provenance,
  };
}
