import { checkOptionNames, demandCount } from "@xdeep/core/method";

import type { Metric } from "../metric.ts";
import { defaultPatch } from "../subject/features.ts";
import { movingInput } from "../subject/moving-input.ts";
import { describeRemoval } from "./baseline-entries.ts";
import { type RemovalOptions, followCurves } from "./deletion.ts";

export interface PixelFlippingOptions extends Pick<RemovalOptions, "baseline" | "absolute" | "score" | "normalize"> {
  /** Side of the patches of pixels that are removed at once; 1 for single pixels. Default: about 14 × 14 patches; single entries where there is no picture. */
  readonly patch?: number | undefined;
  /** How many are removed, one after the other. Default: all. */
  readonly flips?: number | undefined;
}

const OPTIONS: readonly string[] = ["baseline", "absolute", "score", "normalize", "patch", "flips"] satisfies (keyof PixelFlippingOptions)[];

/**
 * Pixel flipping: deletion one feature after the other, pixel by pixel or patch by patch, with a run for each: the mean score over the flips. Lower is better.
 * It assumes what deletion does.
 *
 * @throws {XDeepError} as `deletion`
 * @see S. Bach et al. (2015), On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance Propagation, PLOS ONE 10(7)
 */
export function pixelFlipping(options: PixelFlippingOptions = {}): Metric {
  const name = "pixel-flipping";
  checkOptionNames(name, options, OPTIONS);
  const { baseline = 0, absolute = false, normalize = false, score, patch, flips } = options;
  if (patch !== undefined) demandCount(name, "patch", patch);
  if (flips !== undefined) demandCount(name, "flips", flips);
  return {
    name,
    better: "lower",
    parameters: {
      baseline: describeRemoval(baseline),
      absolute,
      normalize,
      patch: patch ?? null,
      flips: flips ?? null,
      ...(score === undefined ? {} : { score }),
    },
    async measure(explained, control) {
      const side = patch ?? defaultPatch((await movingInput(explained, name, control.signal)).parts);
      return followCurves(explained, control, { name, baseline, steps: Infinity, features: side, absolute, normalize, score, last: flips });
    },
  };
}
