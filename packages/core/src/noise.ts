import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

import { XDeepError } from "./error.ts";

/** An endless sequence of standard normal numbers. */
export interface NoiseSource {
  /** The next `count` numbers, mean 0 and standard deviation 1. */
  next(count: number): Float64Array;
}

/**
 * Standard normal noise that is the same, bit for bit, on every platform, and stays so within a major version: xoroshiro128+ (pure-rand 8)
 * gives uniform numbers of 53 bits, Marsaglia's polar method makes them normal, and the logarithm in it uses only operations that IEEE 754
 * defines exactly, since `Math.log` may differ between JavaScript engines.
 *
 * Streams of one seed do not overlap: stream k starts (k + 1) · 2⁶⁴ numbers into the generator's sequence.
 *
 * @param seed integer, 0 to 2³² − 1
 * @throws {XDeepError} OPTION_INVALID for any other seed
 * @see G. Marsaglia and T. A. Bray (1964), A convenient method for generating normal variables, SIAM Review 6(3)
 */
export function createNoise(seed: number, stream = 0): NoiseSource {
  checkSeed(seed);
  const generator = xoroshiro128plus(seed);
  for (let jump = 0; jump <= stream; jump++) generator.jump();
  let spare: number | null = null;

  function normal(): number {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const u = 2 * uniformFloat64(generator) - 1;
      const v = 2 * uniformFloat64(generator) - 1;
      const square = u * u + v * v;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * ln(square)) / square);
      spare = v * scale;
      return u * scale;
    }
  }

  return { next: (count) => Float64Array.from({ length: count }, normal) };
}

/** @throws {XDeepError} OPTION_INVALID unless `seed` is an integer from 0 to 2³² − 1 */
export function checkSeed(seed: number): void {
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return;
  throw new XDeepError("OPTION_INVALID", `A seed is an integer from 0 to ${2 ** 32 - 1}, got ${seed}.`, { details: { seed } });
}

/** ln x for 0 < x < 1, from x = m · 2⁻ᵏ with m in [√½, √2): ln m = 2 artanh((m − 1) / (m + 1)), k ln 2 taken off. */
function ln(x: number): number {
  let mantissa = x;
  let exponent = 0;
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let series = 0;
  // |ratio| ≤ 0.172, so the first term left out is below 1e-17 of the sum.
  for (let k = 23; k >= 1; k -= 2) series = series * square + 1 / k;
  return 2 * ratio * series + exponent * Math.LN2;
}
