import { checkOptionNames, demandCount } from "@xdeep/core/method";

import { entropy } from "../maps/complexity.ts";
import type { Metric } from "../metric.ts";
import { rowsOf } from "../subject/row-values.ts";
import { explainRandomized } from "./explain-randomized.ts";
import type { RandomizedModels } from "./randomized-models.ts";

export interface EfficientMprtOptions {
  /** Bins of the histogram. Default 100. */
  readonly bins?: number | undefined;
}

/**
 * Efficient MPRT: (complexity of Â − complexity of A) / complexity of A, Â of the model with all weights permuted, complexity the entropy of the histogram of the entries.
 * Higher is better: an explanation loses its structure with the network. 0 for a method that does not look at the weights; null where A is constant, which has
 * no complexity to divide by.
 *
 * It assumes that explanations of a trained network are simpler than those of a random one, which is not so of every architecture.
 *
 * @throws {XDeepError} as `mprt`
 * @see A. Hedström et al. (2024), A Fresh Look at Sanity Checks for Saliency Maps, arXiv:2405.02383
 */
export function efficientMprt(models: RandomizedModels, options: EfficientMprtOptions = {}): Metric {
  const name = "efficient-mprt";
  checkOptionNames("efficientMprt", options, ["bins"]);
  const { bins = 100 } = options;
  demandCount(name, "bins", bins, 2);
  return {
    name,
    better: "higher",
    parameters: { bins, seed: models.seed },
    async measure(explained, control) {
      const before = rowsOf(explained.values, explained.rows);
      const after = await explainRandomized(explained, name, await models.at(models.stages), control);
      control.onProgress?.({ done: 1, total: 1 });
      const values = before.map((own, row) => {
        const complexity = histogramEntropy(own, bins);
        return complexity === 0 ? null : (histogramEntropy(after[row]!, bins) - complexity) / complexity;
      });
      return { values, ...(values.includes(null) ? { notes: ["A constant attribution has no complexity to compare with."] } : {}) };
    },
  };
}

/** The entropy of how values fall into bins of one width from the lowest to the highest; 0 where all are alike. */
function histogramEntropy(values: Float64Array, bins: number): number {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  if (highest === lowest) return 0;
  const counts = new Float64Array(bins);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor(((value - lowest) / (highest - lowest)) * bins));
    counts[bin] = counts[bin]! + 1;
  }
  return entropy(counts, values.length);
}
