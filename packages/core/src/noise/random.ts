import { checkSeed } from "./noise.ts";
import { randomBits, uniform } from "./xoshiro.ts";

/** An endless sequence of random numbers that are all alike. */
export interface RandomSource {
  /** The next number in (0, 1). */
  uniform(): number;
  /** The next integer from 0 to n − 1, with n at most 2³². */
  below(n: number): number;
  /** Brings the first `count` places of a list (default: all) into random order, in place: each may hold any of the whole list. */
  shuffle<T extends { [index: number]: unknown; readonly length: number }>(list: T, count?: number): T;
}

/**
 * Random numbers that are the same, bit for bit, on every platform, and stay so within a major version; as with `createNoise`, streams of one
 * seed do not overlap. For normal numbers take `createNoise`.
 *
 * @param seed integer, 0 to 2³² − 1
 * @throws {XDeepError} OPTION_INVALID for any other seed
 */
export function createRandom(seed: number, stream = 0, depth = 0): RandomSource {
  checkSeed(seed);
  const bits = randomBits(seed, stream, depth);
  const source: RandomSource = {
    uniform: () => uniform(bits),
    below(n) {
      // Words beyond the last whole multiple of n would favour small numbers.
      const end = Math.floor(2 ** 32 / n) * n;
      for (;;) {
        const word = bits() >>> 0;
        if (word < end) return word % n;
      }
    },
    shuffle(list, count = list.length) {
      for (let i = 0; i < Math.min(count, list.length - 1); i++) {
        const k = i + source.below(list.length - i);
        [list[i], list[k]] = [list[k], list[i]];
      }
      return list;
    },
  };
  return source;
}
