import type { Endpoint } from "../path/endpoint.ts";
import type { Quadrature } from "./quadrature.ts";
import type { Integration, RowIntegration, RowPath } from "../path/row-path.ts";
import { sumRule } from "../path/sum-rule.ts";

/** Integrates one target over the paths of one row by a rule that was asked for. `start` is F(x′), null where nobody asks for the delta. */
export async function* integrateFixed(
  { multiplyByInputs }: Integration,
  path: RowPath,
  endpoint: Endpoint,
  row: number,
  rule: Quadrature,
  start: number | null,
): RowIntegration {
  const difference = start === null ? null : endpoint.scores[row]! - start;
  const { values, integral, inside } = yield* sumRule(path, rule.nodes, rule.weights, multiplyByInputs);
  return {
    values: path.values(values),
    delta: difference === null ? null : integral - difference,
    difference,
    tolerance: null,
    expectedError: null,
    stands: false,
    steps: rule.nodes.length,
    inside,
  };
}
