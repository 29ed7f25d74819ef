import type { Metric } from "../metric.ts";
import { type PointingOptions, maskMeasure } from "./mask-measure.ts";

/**
 * Pointing game: 1 where the map's maximum is inside the mask, 0 where it is not; the mean over rows is the accuracy. Of several equal maxima, the share that is inside.
 * Higher is better.
 *
 * It assumes that the network looks at the object itself: an explanation that shows the truth of a network that looks elsewhere loses. Compare with the share of
 * the picture that the mask covers, which is what chance finds.
 *
 * @throws {XDeepError} OPTION_INVALID, also from `measure` without a mask or for an empty one; INPUT_SHAPE for a mask of another size than the picture
 * @see J. Zhang et al. (2016), Top-down Neural Attention by Excitation Backprop, arXiv:1608.00507
 */
export function pointingGame(options: PointingOptions = {}): Metric {
  return maskMeasure("pointing-game", options, ["absolute", "blur"], ({ map, inside }) => {
    const largest = map.reduce((most, value) => Math.max(most, value), 0);
    let [hits, maxima] = [0, 0];
    for (const [i, value] of map.entries()) {
      if (value !== largest) continue;
      maxima += 1;
      hits += inside[i]!;
    }
    return hits / maxima;
  });
}
