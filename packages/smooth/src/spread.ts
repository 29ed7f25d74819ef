import { XDeepError } from "@xdeep/core";
import { type Pause, inPieces } from "@xdeep/core/method";

import type { Spread } from "./settings.ts";

/**
 * The standard deviation of the noise for one sample.
 *
 * @throws {XDeepError} NOISE_INVALID when it is relative to a range that is 0, or so small that the result is not finite
 */
export async function standardDeviation(spread: Spread, sample: Float64Array, where: string, pause: Pause): Promise<number> {
  if ("std" in spread) return spread.std;
  const relative = "noiseLevel" in spread ? spread.noiseLevel : spread.sigmaMultiplier;
  if (relative === 0) return 0;
  const range = await rangeOf(sample, pause);
  if (range === 0) {
    throw new XDeepError(
      "NOISE_INVALID",
      `${where} is constant (${sample[0]}), so noise relative to its range (max − min = 0) has no size. Pass \`std\`, in units of the input, or \`noise\`.`,
      {
        details: { range },
      },
    );
  }
  const std = "noiseLevel" in spread ? spread.noiseLevel * range : (spread.sigmaMultiplier / range) ** 2;
  if (Number.isFinite(Math.fround(std))) return std;
  throw new XDeepError(
    "NOISE_INVALID",
    `${where} has range ${range}, for which the noise would have standard deviation ${std}. Pass \`noiseLevel\` or \`std\`.`,
    { details: { range, std } },
  );
}

async function rangeOf(sample: Float64Array, pause: Pause): Promise<number> {
  let lowest = Infinity;
  let highest = -Infinity;
  await inPieces(sample.length, pause, (start, end) => {
    for (let i = start; i < end; i++) {
      const value = sample[i]!;
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
    }
  });
  return highest - lowest;
}
