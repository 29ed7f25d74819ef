import { pauses } from "@xdeep/core/method";
import type { Point } from "@xdeep/core/method";

import { addPoint, addWeighted } from "./point-sums.ts";
import { type IntegratedRow, type RowIntegration, type RowPath, insideOf, zeros } from "./row-path.ts";

/** A weighted sum over points of all paths of a row, the mean over baselines. */
export interface WeightedSum {
  /** (x − x′) ⊙ Σ w ∇F, or Σ w ∇F. */
  readonly values: Point;
  /** Σ w F′, the integral over the path. */
  readonly integral: number;
}

/** Sums the gradients at the points of every path, each run's on the device; with `multiply`, times x − x′. */
export async function* sumRule(
  path: RowPath,
  alphas: ArrayLike<number>,
  weights: Float64Array,
  multiply: boolean,
): RowIntegration<WeightedSum & Pick<IntegratedRow, "inside">> {
  const { end, baselines } = path;
  const values = zeros(end);
  const share = 1 / baselines.length;
  let integral = 0;
  let inside: IntegratedRow["inside"] | undefined;
  for (const start of baselines) {
    const sum = zeros(end);
    const nodes = Array.from(alphas, (alpha) => ({ start, alpha }));
    for (const run of path.runs(nodes)) {
      const part = yield { nodes: nodes.slice(run.start, run.end), weights: weights.subarray(run.start, run.end) };
      const pause = pauses();
      for (const name of Object.keys(sum)) await addWeighted(sum[name]!, part.values[name]!.data, 1, pause);
      inside = insideOf(part);
    }
    const way = { share, multiply, pause: pauses() };
    for (const [name, gradient] of Object.entries(sum)) integral += share * (await addPoint(values[name]!, gradient, end[name]!, start[name]!, way));
  }
  return { values, integral, inside: inside! };
}
