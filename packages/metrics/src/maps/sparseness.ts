import type { Metric } from "../metric.ts";
import { type MapMeasureOptions, mapMeasure } from "./map-measure.ts";

/**
 * Sparseness: the Gini index of |A|, Σₖ (2k − n − 1) |A|₍ₖ₎ / (n Σ |A|) with |A| in ascending order. Higher is better: 0 where all entries count alike, 1 − 1/n
 * where one alone does. Null for an attribution of zeros.
 *
 * It assumes that a short explanation is a good one, and says nothing of whether it is right. It depends on how many entries there are: compare maps of one
 * size, or pass `features: "position"`.
 *
 * @throws {XDeepError} OPTION_INVALID
 * @see P. Chalasani et al. (2018), Concise Explanations of Neural Networks using Adversarial Training, arXiv:1810.06583
 */
export function sparseness(options: MapMeasureOptions = {}): Metric {
  return mapMeasure("sparseness", "higher", options, (sizes, total) => {
    const n = sizes.length;
    const sum = sizes.sort().reduce((weighted, value, k) => weighted + (2 * (k + 1) - n - 1) * value, 0);
    return sum / (n * total);
  });
}
