import { addScaled } from "@xdeep/core/method";
import type { Provenance } from "@xdeep/core";
import type { Point } from "@xdeep/core/method";

import { addProducts } from "./point-sums.ts";
import type { RowPath } from "./row-path.ts";
import { zeros } from "./row-path.ts";

/** A weighted sum over the points of a rule. */
export interface RuleSum {
  /** (x − x′) ⊙ Σ w ∇F, the mean over baselines. */
  readonly products: Point;
  /** Σ w ∇F, the mean over baselines. */
  readonly gradients: Point;
  /** Of the gradients inside. */
  readonly provenance: Provenance;
}

/** Sums the gradients at the points of every path, each run's on the device. */
export async function sumRule(path: RowPath, alphas: ArrayLike<number>, weights: Float64Array): Promise<RuleSum> {
  const { end, baselines } = path;
  const [products, gradients] = [zeros(end), zeros(end)];
  const share = 1 / baselines.length;
  let provenance: Provenance | undefined;
  for (const start of baselines) {
    const sum = zeros(end);
    const nodes = Array.from(alphas, (alpha) => ({ start, alpha }));
    for await (const { part } of path.gradients(nodes, weights)) {
      for (const name of Object.keys(sum)) addScaled(sum[name]!, part.values[name]!.data);
      provenance = part.provenance;
    }
    for (const [name, values] of Object.entries(sum)) {
      addProducts(products[name]!, values, end[name]!, start[name]!, share);
      addScaled(gradients[name]!, values, share);
    }
  }
  return { products, gradients, provenance: provenance! };
}
