import type { Metric } from "../metric.ts";
import { type MaskMeasureOptions, maskMeasure } from "./mask-measure.ts";

/**
 * Relevance rank: of the K highest positions of the map, K the size of the mask, the share that is inside it. Higher is better. Positions of one value at the edge
 * of the K count by their share. It assumes what the pointing game does.
 *
 * @throws {XDeepError} as `pointingGame`
 * @see L. Arras, A. Osman, W. Samek (2020), Ground Truth Evaluation of Neural Network Explanations with CLEVR-XAI, arXiv:2003.07258
 */
export function relevanceRank(options: MaskMeasureOptions = {}): Metric {
  return maskMeasure("relevance-rank", options, ["absolute"], ({ map, inside, count }) => {
    const edge = map.toSorted()[map.length - count]!;
    let [above, aboveInside, equal, equalInside] = [0, 0, 0, 0];
    for (const [i, value] of map.entries()) {
      if (value > edge) {
        above += 1;
        aboveInside += inside[i]!;
      } else if (value === edge) {
        equal += 1;
        equalInside += inside[i]!;
      }
    }
    return (aboveInside + ((count - above) / equal) * equalInside) / count;
  });
}
