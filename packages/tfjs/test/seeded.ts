/** Numbers in [low, high), the same for the same seed (mulberry32). */
export function seeded(seed: number, length: number, low = -1, high = 1): Float32Array {
  const numbers = new Float32Array(length);
  let state = seed >>> 0;
  for (let i = 0; i < length; i++) {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    numbers[i] = low + (high - low) * (((t ^ (t >>> 14)) >>> 0) / 2 ** 32);
  }
  return numbers;
}

/** Evenly spaced numbers between low and high in seeded order: no two are nearly equal, so that no maximum changes hands within a small step. */
export function shuffled(seed: number, length: number, low = -1, high = 1): Float32Array {
  const keys = seeded(seed, length);
  const ranks = Array.from(keys.keys()).toSorted((a, b) => keys[a]! - keys[b]!);
  return Float32Array.from(ranks, (rank) => low + ((high - low) * (rank + 0.5)) / length);
}
