import { readsScores } from "@xdeep/core/method";
import type { Point } from "@xdeep/core/method";

import { total } from "./point-sums.ts";
import type { Quadrature } from "./quadrature.ts";
import { rowPath } from "./row-path.ts";
import type { IntegratedRow, Integration } from "./row-path.ts";
import { sumRule } from "./sum-rule.ts";

/** Integrates over the paths of one row by a rule that was asked for. */
export async function integrateFixed(integration: Integration, row: number, baselines: readonly Point[], rule: Quadrature): Promise<IntegratedRow> {
  const { multiplyByInputs, endpoint, options } = integration;
  const path = rowPath(integration, row, baselines);
  const difference = multiplyByInputs && readsScores(options) ? endpoint.scores[row]! - (await path.baselineScore()) : null;
  const { products, gradients, provenance } = await sumRule(path, rule.nodes, rule.weights);
  const delta = difference === null ? null : sumOf(products) - difference;
  return {
    values: path.values(multiplyByInputs ? products : gradients),
    delta,
    difference,
    tolerance: null,
    stands: false,
    steps: rule.nodes.length,
    provenance,
  };
}

function sumOf(point: Point): number {
  return Object.values(point).reduce((sum, values) => sum + total(values), 0);
}
