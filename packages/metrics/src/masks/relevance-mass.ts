import type { Metric } from "../metric.ts";
import { type MaskMeasureOptions, maskMeasure } from "./mask-measure.ts";

/**
 * Relevance mass: the share of the map's positive part that is inside the mask, Σ inside / Σ. Higher is better. It assumes what the pointing game does.
 *
 * @throws {XDeepError} as `pointingGame`
 * @see L. Arras, A. Osman, W. Samek (2020), Ground Truth Evaluation of Neural Network Explanations with CLEVR-XAI, arXiv:2003.07258
 */
export function relevanceMass(options: MaskMeasureOptions = {}): Metric {
  return maskMeasure("relevance-mass", options, ["absolute"], ({ map, inside }) => {
    let [within, total] = [0, 0];
    for (const [i, value] of map.entries()) {
      total += value;
      within += inside[i]! * value;
    }
    return within / total;
  });
}
